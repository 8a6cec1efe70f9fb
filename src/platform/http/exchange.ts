import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { NextFunction, Request, Response } from 'express';
import { must } from '../../kernel/assert';
import type { Log } from '../log';
import type { DurationMeter, Metrics } from '../metrics';
import type { MountedRoute } from './route-table';

/** nginx's status for a client that left before its reply; never sent, only counted. */
const CLIENT_GONE = 499;
const UNROUTED = '(unrouted)';

/** One request and its reply as log and metrics see them. */
export class Exchange {
  readonly requestId: string;
  mounted: MountedRoute | undefined = undefined;
  userId: string | undefined = undefined;
  readonly startedAt = performance.now();

  constructor(
    readonly observer: ExchangeObserver,
    readonly method: string,
    givenId: string | string[] | undefined,
  ) {
    // A gateway's id is kept, so that its log and ours can be read side by side.
    const isUsable = typeof givenId === 'string' && /^[\w-]{8,64}$/.test(givenId);
    this.requestId = isUsable ? givenId : randomUUID();
  }
}

const EXCHANGE = Symbol('exchange');
type Observed = ServerResponse & { [EXCHANGE]?: Exchange };

/** The exchange that a response ends. */
export function exchangeOf(response: ServerResponse): Exchange {
  return must((response as Observed)[EXCHANGE], 'the exchange of a response');
}

/** Sees every exchange begin and end. */
export class ExchangeObserver {
  private readonly unrouted = new Map<string, DurationMeter>();

  constructor(
    private readonly log: Log,
    private readonly metrics: Metrics,
  ) {}

  /** The first thing an app does with a request. */
  readonly begin = (request: Request, response: Response, next: NextFunction): void => {
    const exchange = new Exchange(this, request.method, request.headers['x-request-id']);
    (response as Observed)[EXCHANGE] = exchange;
    response.once('close', ended);
    next();
  };

  end(exchange: Exchange, status: number): void {
    const { method, mounted, requestId, startedAt, userId } = exchange;
    const durationMs = performance.now() - startedAt;
    const meter = mounted?.meter(status) ?? this.unroutedMeter(method, status);
    meter.observe(durationMs / 1000);
    const route = mounted?.route.path ?? UNROUTED;
    this.log.access({ requestId, method, route, status, durationMs, userId });
  }

  private unroutedMeter(method: string, status: number): DurationMeter {
    const key = `${method} ${status}`;
    let meter = this.unrouted.get(key);
    if (meter === undefined) {
      meter = this.metrics.requestMeter(method, UNROUTED, status);
      this.unrouted.set(key, meter);
    }
    return meter;
  }
}

/** One function for all responses: a closure for each would cost every request. */
function ended(this: ServerResponse): void {
  const exchange = exchangeOf(this);
  exchange.observer.end(exchange, this.writableFinished ? this.statusCode : CLIENT_GONE);
}
