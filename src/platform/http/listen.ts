import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';

export interface Listening {
  readonly port: number;
  /**
   * Stops taking requests, lets those under way finish, then closes. Readiness turns to 503 at
   * once. Connections still open after `timeoutMs` are cut.
   */
  close(timeoutMs?: number): Promise<void>;
}

/** Longer than the idle time of usual load balancers, so that it is they who close. */
const KEEP_ALIVE_MS = 65_000;
const HEADERS_MS = 20_000;
const REQUEST_MS = 60_000;
const DRAIN_MS = 10_000;
const DRAIN_STEP_MS = 25;

/**
 * Serves `app` on `port`; 0 takes any free one.
 *
 * @throws Error that says what to do when the port is taken or not allowed.
 */
export function listen(app: Express, port: number, host?: string): Promise<Listening> {
  const server = createServer(
    { keepAliveTimeout: KEEP_ALIVE_MS, headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS },
    app,
  );
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explained(error, port, host)));
    server.listen(port, host, () => {
      const address = server.address() as AddressInfo;
      resolve({ port: address.port, close: (timeoutMs) => drain(server, app, timeoutMs) });
    });
  });
}

/**
 * Takes the port and lets it go again: before long work, to learn at once that it is taken.
 *
 * @throws as `listen`.
 */
export function requirePort(port: number, host?: string): Promise<void> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explained(error, port, host)));
    server.listen(port, host, () => server.close(() => resolve()));
  });
}

function drain(server: Server, app: Express, timeoutMs = DRAIN_MS): Promise<void> {
  app.locals['isStopping'] = true;
  return new Promise((resolve, reject) => {
    const closer = setInterval(() => server.closeIdleConnections(), DRAIN_STEP_MS);
    const cutter = setTimeout(() => server.closeAllConnections(), timeoutMs);
    server.close((error) => {
      clearInterval(closer);
      clearTimeout(cutter);
      if (error === undefined) resolve();
      else reject(error);
    });
    server.closeIdleConnections();
  });
}

function explained(error: NodeJS.ErrnoException, port: number, host = 'this machine'): Error {
  const reasons: Record<string, string> = {
    EADDRINUSE: `Port ${port} is taken by another process. Stop it, or set PORT to a free port.`,
    EACCES: `Port ${port} may not be used by this account. Set PORT to one above 1023.`,
    EADDRNOTAVAIL: `${host} is not an address of this machine. Set HOST to one that is.`,
    ENOTFOUND: `${host} is not an address of this machine. Set HOST to one that is.`,
  };
  const reason = reasons[error.code ?? ''];
  return reason === undefined ? error : new Error(reason, { cause: error });
}
