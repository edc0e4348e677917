import { open, type Socket } from "./net";

interface Options {
  timeout?: number;
}

export class Session {
  private socket: Socket | null = null;
  private retries?: number;
  private readonly mode: "plain" | "secure";
  private label = "";

  constructor(mode: "plain" | "secure", private readonly options: Options = {}) {
    this.mode = mode;
  }

  connect(host: string): void {
    this.socket = open(host);
  }

  ping(): void {
    this.socket!.write("ping");
  }

  send(text: string): void {
    this.socket!.write(text);
  }

  flush(): void {
    (this.socket as Socket).flush();
  }

  end(): void {
    const socket = this.socket!;
    socket.end();
  }

  named(): void {
    this.label = "named";
  }

  renamed(): void {
    this.label = `renamed ${this.mode}`;
  }

  numbered(): void {
    this.label = 7;
  }

  unnamed(): void {
    this.label = "";
  }
}

export abstract class Page {
  protected width = 0;
  protected height = 0;

  small(): void {
    this.width = 320;
    this.height = 240;
  }

  large(): void {
    this.width = 1280;
    this.height = 960;
  }

  grow(by: number): void {
    this.width += by;
    this.height += by;
  }

  turn(): void {
    const width = this.width;
    this.width = this.height;
    this.height = width;
  }

  title(): string {
    return this.name ?? "";
  }
}

function area(shape: Shape | undefined): number {
  return shape?.visible && !shape.locked ? shape.area : 0;
}

function draw(shape: Shape, canvas: Canvas): void {
  if (shape.visible && !shape.locked) {
    canvas.draw(shape);
  }
}

const count = (shapes: Shape[]): number => {
  let found = 0;
  for (const shape of shapes) {
    if (!shape.visible || shape.locked) continue;
    found += 1;
  }
  return found;
};

export function readRows(table: Table, out: Sink): string[][] {
  const found: string[][] = [];
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

export const readParts = async (table: Table, out: Sink, strict?: boolean): Promise<string[][]> => {
  const found: string[][] = [];
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

export function request(url: string, headers?: Headers, body: Body | null = null): Reply {
  if (headers !== undefined) {
    headers = new Headers();
  }
  if (body === null) {
    return body.send(url, headers);
  }
  return fetch(url, headers);
}
