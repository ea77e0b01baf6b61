import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Which database a server stores in. */
export type DatabaseKind = "sqlite" | "mariadb";

/** The release binary over a data folder and a database of its own, on a port of its own. */
export class Server {
  readonly #data = mkdtempSync(join(tmpdir(), "sampleim-e2e-"));
  readonly #database: { url: string; remove: () => void };
  readonly #address: string;
  #process?: ChildProcess;
  #log = "";

  private constructor(kind: DatabaseKind, port: number) {
    this.#database = makeDatabase(kind, this.#data);
    this.#address = `127.0.0.1:${port}`;
  }

  /** Makes its database and starts it. */
  static async create(kind: DatabaseKind): Promise<Server> {
    const server = new Server(kind, await freePort());
    await server.start();
    return server;
  }

  /** Where it answers, without a slash at the end. It stays the same over restarts. */
  get url(): string {
    return `http://${this.#address}`;
  }

  /** Its data folder: what is uploaded is below. */
  get data(): string {
    return this.#data;
  }

  /** The address of its database, as the messenger's own command line takes it. */
  get database(): string {
    return this.#database.url;
  }

  /** What it has printed so far, over all its starts. */
  log(): string {
    return this.#log;
  }

  /** Runs another command of the binary over the same data, e.g. `["user", "create", "ann"]`. */
  run(args: string[], input = ""): string {
    return execFileSync(binary(), [...args, ...this.#over()], { input, encoding: "utf8" });
  }

  /** Starts it and waits until it is healthy. */
  async start(): Promise<void> {
    if (this.#process) return;
    const child = spawn(binary(), ["serve", "--address", this.#address, ...this.#over()]);
    this.#process = child;
    const listen = (words: unknown) => (this.#log += String(words));
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    let lost = "";
    child.once("error", (error) => (lost = `cannot start: ${error.message}`));
    child.once("exit", (code, signal) => (lost ||= `ended with ${code ?? signal}`));
    for (const deadline = Date.now() + 20_000; !(await this.healthy()); await pause(50)) {
      if (lost || Date.now() > deadline) {
        this.#process = undefined;
        throw new Error(`The messenger ${lost || "is not healthy after 20 s"}.\n${this.#log}`);
      }
    }
  }

  /** Whether it answers, and its database does. */
  async healthy(): Promise<boolean> {
    return fetch(`${this.url}/healthz`).then((answer) => answer.ok, () => false);
  }

  /** Asks it to end (SIGTERM) and waits until it has. */
  async stop(): Promise<void> {
    await this.#end("SIGTERM");
  }

  /** Ends it as a power cut would (SIGKILL). */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** Stops and starts it. */
  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Ends it and removes all that it stored. */
  async remove(): Promise<void> {
    await this.#end("SIGTERM");
    this.#database.remove();
    rmSync(this.#data, { recursive: true, force: true });
  }

  #over(): string[] {
    return ["--data", this.#data, "--database-url", this.#database.url];
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill(signal);
    // Five seconds are promised; far beyond them it hangs.
    const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
    await ended;
    clearTimeout(timer);
  }
}

function binary(): string {
  const path = process.env.SAMPLEIM_BIN;
  if (!path) throw new Error("SAMPLEIM_BIN must be the messenger's binary: run `cargo xtask test`.");
  return path;
}

/** A fresh database: a file in the data folder, or one on the MariaDB server. */
function makeDatabase(kind: DatabaseKind, data: string): { url: string; remove: () => void } {
  if (kind === "sqlite") {
    return { url: `sqlite://${join(data, "sampleim.db")}`, remove: () => {} };
  }
  const base = process.env.E2E_MYSQL_URL;
  if (!base) throw new Error("E2E_MYSQL_URL must be the address of a MariaDB server.");
  const name = `e2e_${process.pid}_${Math.random().toString(36).slice(2)}`;
  sql(base, `CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
  return { url: `${base}/${name}`, remove: () => sql(base, `DROP DATABASE ${name}`) };
}

/** By MariaDB's own client, which comes with its server. */
function sql(base: string, statement: string): void {
  const { hostname, port, username } = new URL(base);
  const args = ["--no-defaults", `--host=${hostname}`, `--port=${port}`, `--user=${username}`];
  execFileSync("mariadb", [...args, `--execute=${statement}`]);
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const address = listener.address();
  listener.close();
  await once(listener, "close");
  if (address === null || typeof address === "string") throw new Error("No port is free.");
  return address.port;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
