import { open } from "./net.js";

class Pool {
  constructor(name, host) {
    this.name = name;
    this.socket = open(host);
    this.traffic = new Traffic();
  }

  ping() {
    this.socket.write("ping");
  }

  send(text) {
    this.traffic.sent(text);
    this.socket.write(text);
  }

  flush() {
    this.traffic.sent("flush");
    this.socket.flush();
  }

  drain() {
    this.traffic.sent("drain");
    this.socket.drain();
  }

  end() {
    this.socket.end();
  }
}

const isShown = (site) => site.isOpen && !site.isHidden;

function first(pages, site) {
  if (isShown(site)) {
    pages.push(site);
  }
}

function second(site) {
  return isShown(site) ? 1 : 0;
}

class Reader {
  find(path) {
    return this.root.find(parsed(path));
  }
  findAll(path) {
    return this.root.findAll(parsed(path));
  }
  remove(path) {
    this.root.remove(parsed(path));
  }
  count(path) {
    return this.root.count(parsed(path));
  }
}

function parsed(path) {
  return typeof path === "string" ? parse(path) : path;
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

function box(low, high) {
  if (low) {
    low.minWidth = low.minHeight + low.minDepth;
    check(low.minWidth, low.minLeft, "min");
  }
  if (high) {
    high.maxWidth = high.maxHeight + high.maxDepth;
    check(high.maxWidth, high.maxLeft, "max");
  }
  return low.maxLeft;
}

function request(url, headers, body) {
  if (headers === undefined) {
    headers = {};
  }
  if (body !== null && body.length > 0) {
    headers.length = body.length;
  }
  return fetch(url, headers, body);
}

function cast(value, error, store) {
  if (value == null) {
    value = castNullish(value);
  }
  if (error === undefined) {
    store.error = error;
  }
  return value;
}
