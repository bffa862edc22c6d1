import type { FromBridge, ToBridge } from "./protocol";

// How long the bridge keeps a seat for who lost the connection, and so for how
// long it is worth trying. The bridge's own window is 30 s by default.
const giveUpAfter = 60_000;
const firstRetry = 250;
const slowestRetry = 3_000;
// The bridge pings every 5 s; a silence of three is a dead connection that
// TCP has not noticed yet.
const silence = 15_000;

export interface SocketEvents {
  open(): void;
  message(m: FromBridge): void;
  lost(): void;
  gone(): void;
}

// Socket is the signalling connection. It comes back by itself until close or
// until it has tried in vain for giveUpAfter.
export class Socket {
  #ws: WebSocket | null = null;
  #closed = false;
  #lostAt = 0;
  #retry = firstRetry;
  #timer = 0;
  #watchdog = 0;

  constructor(
    private readonly url: string,
    private readonly events: SocketEvents,
  ) {
    addEventListener("online", this.#online);
    this.#connect();
  }

  send(m: ToBridge): void {
    if (this.#ws?.readyState === WebSocket.OPEN) this.#ws.send(JSON.stringify(m));
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#watchdog);
    removeEventListener("online", this.#online);
    this.#ws?.close(1000);
    this.#ws = null;
  }

  #online = () => {
    if (this.#ws) return;
    clearTimeout(this.#timer);
    this.#connect();
  };

  #connect(): void {
    if (this.#closed) return;
    const ws = new WebSocket(this.url);
    this.#ws = ws;
    this.#listen();
    ws.onopen = () => {
      this.#retry = firstRetry;
      this.#lostAt = 0;
      this.#listen();
      this.events.open();
    };
    ws.onmessage = (e) => {
      if (this.#ws !== ws) return;
      this.#listen();
      this.events.message(JSON.parse(String(e.data)) as FromBridge);
    };
    ws.onclose = () => this.#drop(ws);
  }

  // listen expects the next message within silence.
  #listen(): void {
    clearTimeout(this.#watchdog);
    const ws = this.#ws;
    this.#watchdog = window.setTimeout(() => {
      ws?.close();
      if (ws) this.#drop(ws);
    }, silence);
  }

  #drop(ws: WebSocket): void {
    if (this.#closed || this.#ws !== ws) return;
    this.#ws = null;
    clearTimeout(this.#watchdog);
    const now = performance.now();
    if (this.#lostAt === 0) {
      this.#lostAt = now;
      this.events.lost();
    }
    if (now - this.#lostAt > giveUpAfter) {
      this.close();
      this.events.gone();
      return;
    }
    this.#timer = window.setTimeout(() => this.#connect(), this.#retry);
    this.#retry = Math.min(this.#retry * 2, slowestRetry);
  }
}
