import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import request from 'supertest';
import { listen, route, streamView } from '../../../../src/platform/http';
import { smallApp } from '../../../support/small-app';

async function* pieces(count: number, isBroken: boolean): AsyncGenerator<string> {
  for (let piece = 0; piece < count; piece += 1) {
    yield `${piece}\n`.repeat(1000);
    await Promise.resolve();
  }
  if (isBroken) throw new Error('the disk is gone');
}

function streaming(count: number, isBroken = false) {
  return smallApp([
    route({
      method: 'get',
      path: '/v1/file',
      tag: 'Files',
      summary: 'A file',
      access: 'public',
      replies: { 200: streamView('text/csv; charset=utf-8') },
      run: async () => ({
        status: 200,
        headers: { 'Content-Disposition': 'attachment' },
        body: pieces(count, isBroken),
      }),
    }),
  ]);
}

describe('a file that is sent as it is made', () => {
  it('arrives whole, with its type and without a length', async () => {
    const { text, headers } = await request(streaming(20).app).get('/v1/file').expect(200);
    expect(text.split('\n')).toHaveLength(20_001);
    expect(headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment',
    });
    expect(headers['content-length']).toBeUndefined();
    expect(headers['x-request-id']).toBeDefined();
  });

  it('is broken off where it cannot be made, so that nobody takes the part for the whole', async () => {
    const { app, logged } = streaming(3, true);
    await expect(request(app).get('/v1/file')).rejects.toThrow('aborted');
    expect(logged()).toContain('the disk is gone');
  });

  it('may be left by its reader half way, which is no fault', async () => {
    const { app, logged } = streaming(10_000);
    const listening = await listen(app, 0, '127.0.0.1');
    const asked = httpRequest({ port: listening.port, path: '/v1/file' }).end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    await once(response, 'data');
    response.destroy();
    await once(response, 'close');
    await listening.close();
    expect(logged()).not.toContain('failed unexpectedly');
  });
});
