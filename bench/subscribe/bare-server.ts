import { createSecretKey } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import express from 'express';
import jwt from 'jsonwebtoken';
import { must } from '../../src/kernel/assert';

/**
 * The least an authenticated Express endpoint can do: read a JSON body, check a token, answer a
 * small JSON. Knows the key as an object, which jsonwebtoken verifies far faster than a string.
 */
const key = createSecretKey(Buffer.from(must(process.env['BARE_KEY'], 'BARE_KEY'), 'hex'));
const app = express();
app.disable('x-powered-by');
app.use(express.json());
app.post('/bare', (request, response) => {
  const [, token = ''] = (request.headers.authorization ?? '').split(' ');
  const claims = jwt.verify(token, key, { algorithms: ['HS256'] }) as { sub: string };
  const { amount } = request.body as { amount: unknown };
  response.status(201).json({ subject: claims.sub, amount });
});
const server = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
process.once('SIGTERM', () => server.close());
