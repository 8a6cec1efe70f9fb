import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

export interface MetricName<Label extends string> {
  /** `yunchou_` and the unit last: `yunchou_job_duration_seconds`. */
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly Label[];
}

/** Seconds from a fast read to a stuck write. */
const DURATION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Takes the duration of one kind of request. */
export interface DurationMeter {
  observe(seconds: number): void;
}

/** What `GET /metrics` shows, in Prometheus' text format. One per process, never global. */
export class Metrics {
  private readonly registry = new Registry();
  private readonly requests: Histogram<'method' | 'route' | 'status'>;

  constructor(options: { readonly withProcess?: boolean } = {}) {
    this.requests = new Histogram({
      name: 'yunchou_http_request_duration_seconds',
      help: 'Time from the first byte of a request to the last of its reply',
      labelNames: ['method', 'route', 'status'],
      buckets: DURATION_BUCKETS,
      registers: [this.registry],
    });
    if (options.withProcess === true) collectDefaultMetrics({ register: this.registry });
  }

  /** The meter of one route and status; callers keep it, since finding it costs more than using it. */
  requestMeter(method: string, route: string, status: number): DurationMeter {
    return this.requests.labels(method, route, status.toString());
  }

  counter<Label extends string = never>({ name, help, labels = [] }: MetricName<Label>) {
    return new Counter<Label>({ name, help, labelNames: labels, registers: [this.registry] });
  }

  histogram<Label extends string = never>({ name, help, labels = [] }: MetricName<Label>) {
    return new Histogram<Label>({
      name,
      help,
      labelNames: labels,
      buckets: DURATION_BUCKETS,
      registers: [this.registry],
    });
  }

  /** A value read when the page is: queue lengths, connections. */
  gauge({ name, help }: MetricName<never>, read: () => number | Promise<number>): void {
    const gauge: Gauge = new Gauge({
      name,
      help,
      registers: [this.registry],
      collect: async () => gauge.set(await read()),
    });
  }

  /** Shows the connections of a pool: in use, idle, and callers that wait for one. */
  watchPool(pool: {
    poolState(): { readonly used: number; readonly free: number; readonly pending: number };
  }): void {
    const prefix = 'yunchou_database_connections';
    this.gauge(
      { name: `${prefix}_used`, help: 'Connections at work' },
      () => pool.poolState().used,
    );
    this.gauge({ name: `${prefix}_free`, help: 'Connections idle' }, () => pool.poolState().free);
    this.gauge(
      { name: `${prefix}_awaited`, help: 'Callers waiting for a connection' },
      () => pool.poolState().pending,
    );
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }
}
