import { Agent, request } from 'node:http';

/** What came back, or nothing: then nobody knows what became of the request. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

export interface Message {
  readonly path: string;
  readonly token: string;
  readonly key: string;
  readonly body: string;
}

const TIMEOUT_MS = 30_000;

/** A client's connections to the API; it never retries by itself. */
export class Wire {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: Infinity });

  constructor(private readonly port: number) {}

  post({ path, token, key, body }: Message): Promise<Answer | undefined> {
    return new Promise((resolve) => {
      const lost = (): void => resolve(undefined);
      const sent = request(
        {
          agent: this.agent,
          host: '127.0.0.1',
          port: this.port,
          path,
          method: 'POST',
          timeout: TIMEOUT_MS,
          headers: {
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(body),
            authorization: `Bearer ${token}`,
            'idempotency-key': key,
          },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (part: string) => (text += part));
          response.on('error', lost);
          response.on('close', () => {
            // An answer that broke off half way is none.
            if (!response.complete) lost();
            else resolve({ status: response.statusCode ?? 0, text });
          });
        },
      );
      sent.on('error', lost);
      sent.on('timeout', () => sent.destroy());
      sent.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
