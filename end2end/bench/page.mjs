// Measures the page in Chromium. Started by `cargo xtask bench` with JSON in BENCH_PAGE; prints what
// it measured as JSON. By Chromium's own protocol, which slows network and processor and
// counts nodes and bytes.
import { randomBytes } from "node:crypto";
import { chromium } from "playwright-core";

const given = JSON.parse(process.env.BENCH_PAGE ?? "{}");

/** 1.6 Mbit/s each way with 150 ms, as a slow mobile network; bytes a second and milliseconds. */
const NETWORK = { offline: false, latency: 150, downloadThroughput: 200_000, uploadThroughput: 200_000 };
/** How many times slower than this machine. */
const PROCESSOR = 4;
const KEYS = 300;

const args = [
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // A frame as soon as it is ready: what is waited for a display is not the page's.
  ...(given.mode === "tab" ? ["--disable-gpu-vsync", "--disable-frame-rate-limit"] : []),
];
const executablePath = process.env.E2E_CHROMIUM;
if (!executablePath) throw new Error("E2E_CHROMIUM must be Chromium's program: run `cargo xtask bench`.");
const browser = await chromium.launch({ executablePath, args });
try {
  const measured = given.mode === "tab" ? await tab() : await loads();
  console.log(JSON.stringify(measured));
} finally {
  await browser.close();
}

/** A page of a person who is logged in, in a browser without a cache, and its protocol. */
async function open() {
  const context = await browser.newContext({ locale: "en-GB" });
  const [name, value] = given.cookie.split("=");
  await context.addCookies([{ name, value, domain: new URL(given.url).hostname, path: "/" }]);
  const page = await context.newPage();
  return { context, page, protocol: await context.newCDPSession(page) };
}

async function loads() {
  const all = [];
  for (let round = 0; round < given.rounds; round++) all.push(await load());
  return all;
}

/** One first load: bytes over the wire, and when words were painted and the page came to life. */
async function load() {
  const { context, page, protocol } = await open();
  await protocol.send("Network.enable");
  await protocol.send("Network.emulateNetworkConditions", NETWORK);
  await protocol.send("Emulation.setCPUThrottlingRate", { rate: PROCESSOR });
  let bytes = 0;
  const polls = new Set();
  protocol.on("Network.requestWillBeSent", ({ requestId, request }) => {
    if (request.url.includes("/api/poll")) polls.add(requestId);
  });
  protocol.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (!polls.has(requestId)) bytes += encodedDataLength;
  });
  await page.addInitScript(() => {
    const look = () => {
      if (globalThis.awake || !document.querySelector(".app[data-awake]")) return;
      globalThis.awake = performance.now();
    };
    new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
  });
  await page.goto(given.url, { waitUntil: "commit" });
  await page.waitForFunction(() => globalThis.awake, undefined, { timeout: 60_000 });
  const times = await page.evaluate(() => ({
    paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0,
    interactive: globalThis.awake,
  }));
  await context.close();
  return { bytes, ...times };
}

/** A tab into which messages come: what it weighs afterwards, and how it feels to type. */
async function tab() {
  const { page, protocol } = await open();
  // The program's memory, which the page keeps to itself.
  await page.addInitScript(() => {
    for (const name of ["instantiate", "instantiateStreaming"]) {
      const real = WebAssembly[name];
      WebAssembly[name] = async (...given) => {
        const made = await real.apply(WebAssembly, given);
        globalThis.programMemory ??= (made.instance ?? made).exports.memory;
        return made;
      };
    }
  });
  await page.goto(given.url);
  await page.waitForSelector(".app[data-awake]");
  const before = await weigh(page, protocol);
  const last = await write(given.messages);
  await page.waitForSelector(`#m-${last}`, { state: "attached", timeout: 120_000 });
  await page.waitForTimeout(1_000);
  const after = await weigh(page, protocol);
  const { elements, attached } = await page.evaluate(() => {
    const walker = document.createTreeWalker(document);
    let attached = 0;
    while (walker.nextNode()) attached++;
    return { elements: document.querySelectorAll("*").length, attached };
  });
  const keys = await type(page);
  return {
    messages: given.messages,
    nodes: after.nodes,
    attached,
    elements,
    heap: after.heap - before.heap,
    wasm: after.wasm - before.wasm,
    keys,
  };
}

/** Nodes, and bytes of JavaScript and of WASM, once what nobody uses is collected. */
async function weigh(page, protocol) {
  await protocol.send("HeapProfiler.collectGarbage");
  const { nodes } = await protocol.send("Memory.getDOMCounters");
  const { usedSize } = await protocol.send("Runtime.getHeapUsage");
  const wasm = await page.evaluate(() => globalThis.programMemory.buffer.byteLength);
  return { nodes, heap: usedSize, wasm };
}

/** Sends this many messages at the given rate, by all writers in turn; gives the place of the last. */
async function write(count) {
  const begun = performance.now();
  let last = 0;
  const waiting = [];
  for (let number = 0; number < count; number++) {
    const early = (number * 1000) / given.rate - (performance.now() - begun);
    if (early > 1) await new Promise((resolve) => setTimeout(resolve, early));
    waiting.push(send(number).then((seq) => (last = Math.max(last, seq))));
    if (waiting.length >= 64) await waiting.shift();
  }
  await Promise.all(waiting);
  return last;
}

async function send(number) {
  const form = {
    room: given.room,
    client_id: randomBytes(16).toString("hex"),
    body: `Message ${number}: see you at the library tomorrow, 明天图书馆见`,
  };
  const cookie = given.writers[number % given.writers.length];
  const request = { method: "POST", headers: { cookie }, body: new URLSearchParams(form) };
  const answer = await fetch(`${given.api}send`, request);
  if (!answer.ok) throw new Error(`a message was answered with ${answer.status}: ${await answer.text()}`);
  return (await answer.json()).seq;
}

/** Milliseconds from each of many key presses until after the frame that shows it. */
async function type(page) {
  const field = page.getByRole("textbox", { name: /^Write to / });
  await field.focus();
  await page.evaluate(() => {
    globalThis.keys = [];
    addEventListener("keydown", (event) => {
      requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => globalThis.keys.push(performance.now() - event.timeStamp);
        channel.port2.postMessage(null);
      });
    }, { capture: true });
  });
  const words = "see you at the library tomorrow ";
  for (let number = 0; number < KEYS; number++) {
    await page.keyboard.press(words[number % words.length] === " " ? "Space" : words[number % words.length]);
    await page.waitForTimeout(20);
  }
  await page.waitForTimeout(200);
  return page.evaluate(() => globalThis.keys);
}
