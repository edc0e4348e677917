import { open } from "./net.js";

class Pool {
  constructor(name) {
    this.name = name;
    this.socket = null;
    this.sent = 0;
    this.last = "";
  }

  connect(host) {
    this.socket = open(host);
  }

  ping() {
    if (!this.socket) return;
    this.socket.write("ping");
  }

  send(text) {
    if (this.socket === null) return;
    this.sent += 1;
    this.last = text;
    this.socket.write(text);
  }

  flush() {
    if (this.socket == null) return;
    this.sent += 1;
    this.last = "flush";
    this.socket.flush();
  }

  drain() {
    if (typeof this.socket === "undefined") return;
    this.sent += 1;
    this.last = "drain";
    this.socket.drain();
  }

  reset() {
    this.sent += 1;
    this.last = "reset";
    this.socket?.reset();
  }

  end() {
    this.socket.end();
  }
}

function first(pages, site) {
  if (site.isOpen && !site.isHidden) {
    pages.push(site);
  }
}

function second(site) {
  return !site.isOpen || site.isHidden ? 0 : 1;
}

const third = (site) => {
  while (site.isOpen && !site.isHidden) {
    site = site.next;
  }
  return site;
};

class Reader {
  find(path) {
    if (typeof path === "string") path = parse(path);
    return this.root.find(path);
  }
  findAll(path) {
    if (typeof path === "string") path = parse(path);
    return this.root.findAll(path);
  }
  remove(path) {
    if (typeof path === "string") path = parse(path);
    this.root.remove(path);
  }
  count(path) {
    if (typeof path === "string") path = parse(path);
    return this.root.count(path);
  }
}

function readRows(table, out) {
  const found = [];
  for (const row of table.rows) {
    if (row.deleted) continue;
    const cells = row.cells.map(trimmed);
    if (cells.length > out.width) {
      throw new Error(`too many cells in ${row.number}`);
    }
    found.push(cells);
    out.log.push({ row: row.number });
  }
  out.rows = found;
  return found;
}

export const readParts = (table, out) => {
  const found = [];
  for (const part of table.rows) {
    if (part.deleted) continue;
    const cells = part.cells.map(trimmed);
    if (cells.length > out.width) {
      throw new Error(`too many cells in ${part.number}`);
    }
    found.push(cells);
    out.log.push({ row: part.number });
  }
  out.rows = found;
  return found;
};

function box(low, high) {
  if (low) {
    low.minWidth = low.minHeight + low.minDepth;
    check(low.minWidth, low.minLeft, "min");
  }
  if (high) {
    high.maxWidth = high.maxHeight + high.maxDepth;
    check(high.maxWidth, high.minLeft, "max");
  }
  return low.maxLeft;
}

function request(url, headers, body) {
  if (headers !== undefined) {
    headers = {};
  }
  if (body === null && body.length > 0) {
    headers.length = body.length;
  }
  return fetch(url, headers, body);
}
