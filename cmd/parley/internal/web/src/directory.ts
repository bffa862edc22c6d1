import { batch, type Signal, signal } from "@preact/signals";
import { type Group, shownReceptions } from "./groups";

// What GET /api/v1/multicast/sessions tells; see the API's description.
export interface Announced {
  id: string;
  title: string;
  owner: string;
  media: { kind: string; group: string; ttl: number; codecs: string[] }[];
  from: string;
  heardSince: string;
  own: boolean;
  conference: string; // in which it takes part
  live: "yes" | "no" | "unknown";
}

const prefix = "/api/v1";
const announced = "/multicast/sessions";
const rememberedToken = "parley.token";
// How often the list is asked for while it is shown.
const every = 3_000;

// Directory is the multicast sessions that are announced in the network, and the
// groups of a conference, asked for over the bridge's API while somebody looks.
export class Directory {
  readonly sessions = signal<Announced[]>([]);
  readonly groups = signal<Group[]>([]);
  readonly problem = signal(""); // why the list is not told
  readonly refusal = signal(""); // of the latest order
  readonly wantsToken = signal(false);
  readonly busy = signal(""); // the session that an order is under way for

  #timer = 0;
  #open = false;
  #conference = "";

  // open begins to ask, also for the groups of a conference where one is given;
  // the function that it returns ends it.
  open(conference = ""): () => void {
    this.#open = true;
    this.#conference = conference;
    void this.#look();
    return () => {
      this.#open = false;
      clearTimeout(this.#timer);
    };
  }

  // giveToken takes api.token of the bridge's configuration, for as long as the
  // tab is open.
  giveToken(token: string): void {
    try {
      sessionStorage.setItem(rememberedToken, token.trim());
    } catch {
      // asked for again another time
    }
    clearTimeout(this.#timer);
    void this.#look();
  }

  join(id: string, conference: string): Promise<void> {
    return this.#order(id, "join", { conference });
  }

  leave(id: string): Promise<void> {
    return this.#order(id, "leave");
  }

  // probe finds out whether anybody sends.
  probe(id: string): Promise<void> {
    return this.#order(id, "probe");
  }

  async #look(): Promise<void> {
    try {
      const answer = await this.#ask(this.problem, "GET", announced);
      if (answer) this.sessions.value = answer.sessions as Announced[];
      if (answer && this.#conference) {
        const path = `/conferences/${encodeURIComponent(this.#conference)}/groups?limit=${shownReceptions}`;
        const own = await this.#ask(this.problem, "GET", path);
        if (own) this.groups.value = own.groups as Group[];
      }
    } catch {
      this.problem.value = "The bridge does not answer.";
    }
    clearTimeout(this.#timer); // of one who looked at the same time
    if (this.#open) this.#timer = setTimeout(() => void this.#look(), every);
  }

  async #order(id: string, order: string, body: object = {}): Promise<void> {
    this.busy.value = id;
    try {
      const one = await this.#ask(this.refusal, "POST", `${announced}/${encodeURIComponent(id)}/${order}`, body);
      if (one) this.sessions.value = this.sessions.value.map((s) => (s.id === id ? (one as unknown as Announced) : s));
    } catch {
      this.refusal.value = "The bridge does not answer.";
    }
    this.busy.value = "";
  }

  // #ask returns what the API answers, or nothing and says why in problem.
  async #ask(problem: Signal<string>, method: string, path: string, body?: object): Promise<Record<string, unknown> | null> {
    const headers: Record<string, string> = {};
    const token = remembered();
    if (token) headers.Authorization = `Bearer ${token}`;
    if (body) headers["Content-Type"] = "application/json";
    const response = await fetch(prefix + path, { method, headers, body: body ? JSON.stringify(body) : null });
    const answer = (await response.json().catch(() => ({}))) as Record<string, unknown>;
    batch(() => {
      this.wantsToken.value = response.status === 401;
      problem.value = response.ok ? "" : problemText(response.status, answer.detail, token !== "");
    });
    return response.ok ? answer : null;
  }
}

function remembered(): string {
  try {
    return sessionStorage.getItem(rememberedToken) ?? "";
  } catch {
    return ""; // storage is switched off
  }
}

// problemText says what a person can do about a refusal.
export function problemText(status: number, detail: unknown, withToken: boolean): string {
  if (status === 401) return withToken ? "This is not the bridge's token." : "The bridge wants its token (api.token).";
  return typeof detail === "string" && detail ? `${detail.slice(0, 1).toUpperCase()}${detail.slice(1)}.` : `The bridge answered ${status}.`;
}

// mediaLine is "video 239.1.2.3:5006 H264".
export function mediaLine(m: Announced["media"][number]): string {
  const codecs = m.codecs.map((c) => c.split("/")[0]).join(", ");
  return [m.kind, m.group, codecs, m.ttl > 0 ? `TTL ${m.ttl}` : ""].filter(Boolean).join(" ");
}

// liveText says whether anybody sends.
export function liveText(live: Announced["live"]): string {
  return { yes: "live", no: "silent", unknown: "not listened to yet" }[live];
}
