import { open, type Socket } from "./net";

interface Options {
  timeout?: number;
}

export class Session {
  private readonly socket: Socket;
  private label = "";

  constructor(host: string, private readonly options: Options = {}) {
    this.socket = open(host);
  }

  ping(): void {
    this.socket.write("ping");
  }

  send(text: string): void {
    this.socket.write(text);
  }

  flush(): void {
    this.socket.flush();
  }

  end(): void {
    this.socket.end();
  }

  named(): void {
    this.label = "named";
  }

  renamed(): void {
    this.label = `renamed ${this.options.timeout ?? 0}`;
  }

  numbered(): void {
    this.label = "7";
  }
}

export abstract class Page {
  protected size: Size = { width: 0, height: 0 };

  small(): void {
    this.size = { width: 320, height: 240 };
  }

  large(): void {
    this.size = { width: 1280, height: 960 };
  }
}

const shown = (shape?: Shape): boolean => shape?.visible === true && !shape.locked;

function area(shape: Shape | undefined): number {
  return shape && shown(shape) ? shape.area : 0;
}

function kindOf(node: Node): string {
  if (node.type === "literal" && node.value) return "literal";
  if (node.type === "name" && node.text) return "name";
  return (node as Other).kind;
}

export function request(url: string, headers?: Headers, body: Body | null = null): Reply {
  if (headers === undefined) {
    headers = new Headers();
  }
  if (body !== null) {
    return body.send(url, headers);
  }
  return fetch(url, headers);
}
