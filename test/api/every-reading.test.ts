import request from 'supertest';
import { DAY_MS } from '../../src/kernel/clock';
import type { Route } from '../../src/platform/http';
import { HUDSON, PLEISSE } from '../../seeds/operators';
import { logIn, type ApiClient } from '../support/api-client';
import { testWorld, type TestWorld } from '../support/world';

/** Whose ids fill the parameter of a path, by the word before it. */
const ID_PREFIXES: Readonly<Record<string, string>> = {
  offerings: 'off_',
  investors: 'inv_',
  issuers: 'iss_',
  subscriptions: 'sub_',
  deposits: 'dep_',
  withdrawals: 'wdr_',
  instruments: 'ins_',
  registers: 'ins_',
  users: 'usr_',
};

/** Words that are ids themselves. */
const KNOWN_IDS: Readonly<Record<string, readonly string[]>> = {
  rulebooks: ['us-reg-cf', 'eu-ecspr', 'cn-equity-private'],
  operators: ['hudson'],
};

/** Replies are strict here: a field that no view declares is an error 500. */
describe('every reading, asked by everybody on a world that has lived', () => {
  let test: TestWorld;

  beforeAll(async () => {
    test = await testWorld('2025-03-03T09:00:00Z');
    for (const plan of [HUDSON, PLEISSE]) await liveThroughARound(plan);
    await test.world.moveBy(40 * DAY_MS);
  }, 60_000);

  afterAll(() => test.end());

  it.each(['compliance', 'operations', 'admin', 'regulator', 'investor', 'issuer'])(
    'is answered or refused in order: %s',
    async (mailbox) => {
      for (const house of test.world.houses) {
        const client = await logIn(test.world.app.http, house, mailbox);
        const seen = new Set<string>();
        const plain = readings().filter(({ path }) => !path.includes('{'));
        for (const { path } of plain) await read(client, path, seen);
        for (const { path } of readings()) {
          for (const each of filled(path, [...seen])) await read(client, each, seen);
        }
      }
    },
    60_000,
  );

  it('is open to nobody who should log in', async () => {
    for (const route of readings()) {
      if (route.access === 'public' || route.path.includes('{')) continue;
      const { status } = await request(test.world.app.http).get(route.path);
      expect([route.path, status]).toEqual([route.path, 401]);
    }
  });

  async function liveThroughARound(plan: typeof HUDSON): Promise<void> {
    const { world } = test;
    const house = await world.operator(plan);
    const issuer = await house.issuer({ name: 'Bright Mills', mailbox: 'issuer' });
    const investor = await house.investor({ mailbox: 'investor', cash: '2000.00' });
    const closesAt = new Date(world.now.getTime() + 30 * DAY_MS);
    const terms = { target: '500.00', maximum: '900.00', orderLimit: '2000.00', closesAt };
    const offering = await house.offering(issuer, terms);
    await house.subscribe(investor, offering, '1000.00');
    await house.deposit(investor, '100.13');
    await house.withdraw(investor, '50.00');
    await house.offering(issuer, { ...terms, until: 'in-review' });
  }

  function readings(): readonly Route[] {
    return test.world.app.routes.filter(({ method }) => method === 'get');
  }

  /** The path with ids that were seen before in its place, two at most. */
  function filled(path: string, seen: readonly string[]): readonly string[] {
    const [, word = '', parameter = ''] = /\/v1\/([a-z-]+)\/\{(\w+)\}/.exec(path) ?? [];
    if (path.split('{').length !== 2) return [];
    const prefix = ID_PREFIXES[word];
    const found = prefix === undefined ? [] : seen.filter((id) => id.startsWith(prefix));
    const ids = KNOWN_IDS[word] ?? found.slice(0, 2);
    return ids.map((id) => path.replace(`{${parameter}}`, id));
  }

  async function read(client: ApiClient, path: string, seen: Set<string>): Promise<void> {
    const query = path === '/v1/offerings' ? '?operator=hudson' : '';
    const reply = await client.get(`${path}${query}`).buffer(true);
    // What broke is told, which a bare number would not.
    const told = reply.status >= 500 ? reply.body.detail : undefined;
    expect([path, told]).toEqual([path, undefined]);
    expect([path, [200, 403, 404].includes(reply.status) || reply.status]).toEqual([path, true]);
    for (const [id] of reply.text?.matchAll(/\b[a-z]{3}_[0-9A-Z]{26}\b/g) ?? []) seen.add(id);
  }
});
