import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import type { Locator, Page } from "@playwright/test";
import type { Server } from "./fixtures.ts";

/** A file as a person would choose it. */
export interface File {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

/** A PNG of this size: noise, which does not compress (about 3 bytes a pixel), or one colour. */
export function png(name: string, width: number, height: number, noise = false): File {
  const line = 1 + 3 * width;
  const rows = noise ? randomBytes(line * height) : Buffer.alloc(line * height, 0x55);
  for (let y = 0; y < height; y++) rows[y * line] = 0;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
  const parts = [chunk("IHDR", header), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))];
  return { name, mimeType: "image/png", buffer: Buffer.concat([signature, ...parts]) };
}

/** A text file. */
export function text(name: string, words = "eggs, milk, bread"): File {
  return { name, mimeType: "text/plain", buffer: Buffer.from(words) };
}

/** A sound of silence: 8,000 samples of 8 bits a second. */
export function wav(name: string, seconds = 2): File {
  const count = 8_000 * seconds;
  const buffer = Buffer.alloc(44 + count, 0x80);
  buffer.write("RIFF", 0, "latin1");
  buffer.writeUInt32LE(36 + count, 4);
  buffer.write("WAVEfmt ", 8, "latin1");
  buffer.writeUInt32LE(16, 16);
  buffer.writeUInt16LE(1, 20);
  buffer.writeUInt16LE(1, 22);
  buffer.writeUInt32LE(8_000, 24);
  buffer.writeUInt32LE(8_000, 28);
  buffer.writeUInt16LE(1, 32);
  buffer.writeUInt16LE(8, 34);
  buffer.write("data", 36, "latin1");
  buffer.writeUInt32LE(count, 40);
  return { name, mimeType: "audio/wav", buffer };
}

/** Chooses files in the composer, where they wait. */
export async function attach(page: Page, ...files: File[]): Promise<void> {
  await page.getByLabel("Attach files").setInputFiles(files);
}

/** What waits in the composer. */
export function waiting(page: Page): Locator {
  return page.getByRole("group", { name: "Attached" });
}

/** Chooses files and sends them, in one message. */
export async function choose(page: Page, ...files: File[]): Promise<void> {
  await attach(page, ...files);
  await page.getByRole("button", { name: "Send", exact: true }).click();
}

/** Drops files on an element, or pastes them into it. */
export async function transfer(target: Locator, kind: "drop" | "paste", file: File): Promise<void> {
  const data = { kind, name: file.name, type: file.mimeType, bytes: file.buffer.toString("base64") };
  await target.evaluate((element, { kind, name, type, bytes }) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([Uint8Array.from(atob(bytes), (byte) => byte.charCodeAt(0))], name, { type }));
    const options = { bubbles: true, cancelable: true };
    element.dispatchEvent(
      kind === "drop"
        ? new DragEvent("drop", { ...options, dataTransfer: transfer })
        : new ClipboardEvent("paste", { ...options, clipboardData: transfer }),
    );
  }, data);
}

/** How many files the server keeps below its folder of uploads. */
export function stored(server: Server): number {
  const folder = join(server.data, "media");
  if (!existsSync(folder)) return 0;
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return paths.filter((path) => statSync(join(folder, path)).isFile()).length;
}

/** A part of a PNG (its specification, section 5.3). */
function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** The checksum of a PNG's parts, bit by bit (its specification, annex D). */
function crc32(bytes: Buffer): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return (sum ^ 0xffffffff) >>> 0;
}
