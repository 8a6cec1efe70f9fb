import type { Id } from '../../src/kernel/id';
import { readSigned } from '../../src/platform/auth';
import { eur } from '../support/payment-world';
import {
  reconciliationWorld,
  type Caller,
  type ReconciliationWorld,
} from '../support/reconciliation-world';

const userId = (n: number): Id<'usr'> => `usr_01${String(n).padStart(24, '0')}`;
const OPERATIONS: Caller = [userId(1), 'operations'];
const COMPLIANCE: Caller = [userId(2), 'compliance'];

let world: ReconciliationWorld;

beforeAll(async () => {
  world = await reconciliationWorld();
}, 60_000);

afterAll(() => world.close());

const sandboxFile = async (day: string): Promise<string> => {
  const { text, body } = await world
    .call('get', `/v1/sandbox/bank-statements/${day}`, OPERATIONS)
    .expect(200);
  return text ?? String(body);
};

const take = (content: string) =>
  world.call('post', '/v1/bank-statements', OPERATIONS).send({ format: 'camt.053', content });

describe('a day on which the bank and the books agree', () => {
  test('is walked from deposits to a signed statement that verifies offline', async () => {
    await world.investor(eur('1000.00'));
    await world.investor(eur('250.50'));
    await world.until('2025-03-11T06:00:00Z');
    const file = await sandboxFile('2025-03-10');
    const { body: taken } = await take(file).expect(201);
    expect(taken).toMatchObject({ lineCount: 2, matched: 2 });
    await take(file).expect(200);

    const { body: day } = await world
      .call('get', '/v1/reconciliations/2025-03-10', COMPLIANCE)
      .expect(200);
    expect(day).toMatchObject({ status: 'draft', version: 1, breakCount: 0 });
    expect(day.content).toMatchObject({
      bankBalance: { amount: '1250.50' },
      ledgerBalance: { amount: '1250.50' },
      owedToClients: { amount: '1250.50' },
      unexplained: { amount: '0.00' },
      isCovered: true,
    });

    const at = '/v1/reconciliations/2025-03-10';
    await world.call('post', `${at}/prepare`, OPERATIONS).expect(200);
    const own = await world.call('post', `${at}/sign`, [OPERATIONS[0], 'compliance']).expect(403);
    expect(own.body.code).toBe('reconciliation.four-eyes');
    await world.call('post', `${at}/sign`, COMPLIANCE).expect(200);
    const { text: jws } = await world
      .call('get', `${at}/signed.jws`, COMPLIANCE)
      .buffer(true)
      .expect(200);
    expect(readSigned(jws, [world.publicKey])).toMatchObject({
      day: '2025-03-10',
      signedBy: COMPLIANCE[0],
      preparedBy: OPERATIONS[0],
    });
    expect(await world.brokenNow()).toEqual([]);
  });
});
