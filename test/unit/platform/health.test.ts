import request from 'supertest';
import { listen, noContent } from '../../../src/platform/http';
import { Metrics } from '../../../src/platform/metrics';
import { ScopeRecorder, smallApp } from '../../support/small-app';

describe('health', () => {
  it('is live as long as the process runs, and ready when everything holds', async () => {
    const { app } = smallApp([], { readiness: [{ name: 'migrations', holds: async () => true }] });
    expect((await request(app).get('/health/live')).body).toEqual({ status: 'live' });
    expect((await request(app).get('/health/ready')).body).toEqual({ status: 'ready' });
  });

  it('tells what a problem means where the type of a reply points', async () => {
    const { app } = smallApp([]);
    const { body } = await request(app).get('/nowhere').expect(404);
    expect(
      (
        await request(app)
          .get(body.type as string)
          .expect(200)
      ).body,
    ).toEqual({
      code: 'request.unknown-path',
      status: 404,
      title: body.title,
    });
    expect((await request(app).get('/problems/internal')).body).toMatchObject({ status: 500 });
    await request(app).get('/problems/request.unheard-of').expect(404);
  });

  it('names what does not hold', async () => {
    const database = new ScopeRecorder();
    database.read = () => Promise.reject(new Error('no connection'));
    const readiness = [{ name: 'migrations', holds: async () => false }];
    const { app } = smallApp([], { database, readiness });
    const response = await request(app).get('/health/ready');
    expect(response.status).toBe(503);
    expect(response.body).toEqual({ status: 'not-ready', failing: ['database', 'migrations'] });
  });
});

describe('metrics', () => {
  it('show requests by template, the pool, and what modules count', async () => {
    const metrics = new Metrics({ withProcess: true });
    metrics.watchPool({ poolState: () => ({ used: 3, free: 2, pending: 1 }) });
    const jobs = metrics.counter({ name: 'yunchou_jobs_total', help: 'Jobs', labels: ['job'] });
    jobs.inc({ job: 'nightly' });
    const { app } = smallApp([], { metrics });
    await request(app).get('/health/live');
    const { text, headers } = await request(app).get('/metrics').expect(200);
    expect(headers['content-type']).toContain('text/plain');
    expect(text).toContain(
      'yunchou_http_request_duration_seconds_count{method="GET",route="/health/live",status="200"} 1',
    );
    expect(text).toContain('yunchou_database_connections_used 3');
    expect(text).toContain('yunchou_database_connections_awaited 1');
    expect(text).toContain('yunchou_jobs_total{job="nightly"} 1');
    expect(text).toContain('process_cpu_user_seconds_total');
  });
});

describe('listening', () => {
  const slow = (release: Promise<void>) => ({
    method: 'get' as const,
    path: '/v1/slow',
    tag: 'T',
    summary: 'S',
    access: 'public' as const,
    replies: {},
    run: async () => {
      await release;
      return { status: 204 };
    },
  });

  it('says what to do when the port is taken', async () => {
    const first = await listen(smallApp([]).app, 0, '127.0.0.1');
    await expect(listen(smallApp([]).app, first.port, '127.0.0.1')).rejects.toThrow(
      `Port ${first.port} is taken by another process. Stop it, or set PORT to a free port.`,
    );
    await first.close();
    await expect(listen(smallApp([]).app, 0, '192.0.2.1')).rejects.toThrow(
      'not an address of this',
    );
  });

  it('ends when what was under way has been answered, idle connections or not', async () => {
    let release = () => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const { app } = smallApp([{ ...slow(gate), replies: { 204: noContent } }]);
    const server = await listen(app, 0, '127.0.0.1');
    const base = `http://127.0.0.1:${server.port}`;
    await (await fetch(`${base}/health/ready`)).text();
    const underWay = fetch(`${base}/v1/slow`);
    // The request must have arrived before the server stops listening.
    await new Promise((resolve) => setTimeout(resolve, 100));
    const closing = server.close(5_000);
    await expect(fetch(`${base}/health/live`)).rejects.toThrow();
    release();
    expect((await underWay).status).toBe(204);
    await closing;
    const ready = await request(app).get('/health/ready');
    expect(ready.body).toEqual({ status: 'not-ready', failing: ['shutting down'] });
  });

  it('cuts what does not end in time', async () => {
    const { app } = smallApp([{ ...slow(new Promise(() => {})), replies: { 204: noContent } }]);
    const server = await listen(app, 0, '127.0.0.1');
    const stuck = fetch(`http://127.0.0.1:${server.port}/v1/slow`);
    stuck.catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 100));
    await server.close(50);
    await expect(stuck).rejects.toThrow();
  });
});
