import request from 'supertest';
import { problemCatalogue } from '../../../src/kernel/problem';
import { auditRoutes, readCheckpoint } from '../../../src/platform/audit';
import { leafHash, verifyConsistency, verifyInclusion } from '../../../src/platform/audit/merkle';
import type { AuthenticatedUser, Role } from '../../../src/platform/auth';
import { auditWorld, type AuditWorld } from '../../support/audit-world';
import { smallApp } from '../../support/small-app';

const identityProblem = problemCatalogue('identity', {
  'operator-not-found': { kind: 'not-found', title: 'There is no such operator' },
});

let world: AuditWorld;
let api: ReturnType<typeof smallApp>;

beforeAll(async () => {
  world = await auditWorld();
  for (const count of [3, 300]) {
    await world.record(count);
    await world.checkpoint();
  }
  await world.record(1);
  await world.record(2, 0);
  await world.checkpoint(0);
  const findByCode = (code: string) => ({ hudson: { id: 1 }, pleisse: { id: 2 } })[code];
  const operators = {
    findByCode,
    getByCode: (code: string) => {
      if (!findByCode(code)) throw identityProblem('operator-not-found');
    },
  };
  api = smallApp(auditRoutes({ checkpoints: world.checkpoints, operators }), {
    database: world.test.database,
    strictReplies: true,
  });
});
afterAll(() => world.close());

const get = (path: string) => request(api.app).get(`/v1/audit/${path}`);

function as(role: Role, operatorId = 1): string {
  const user: AuthenticatedUser = {
    id: 'usr_01JTVST7XAES5BXHWZN4KR4VEZ',
    operatorId,
    roles: [role],
  };
  return api.bearer(user);
}

const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');

test('anybody may list the checkpoints of an operator, page by page, and verify them', async () => {
  const { body } = await get('checkpoints?operator=hudson&limit=1').expect(200);
  expect(body).toMatchObject({ items: [{ number: '2', size: '303' }], next: '2' });
  const { body: rest } = await get(`checkpoints?operator=hudson&after=${body.next}`).expect(200);
  expect(rest.items.map(({ size }: { size: string }) => size)).toEqual(['3']);
  expect(rest.next).toBeUndefined();
  const signed = readCheckpoint(body.items[0].jws, [world.signer.publicKey]);
  expect(signed).toMatchObject({ operator: 1, size: 303n, previous: rest.items[0].sha256 });
});

test('the latest and one of a size are to be had; the installation has its own', async () => {
  const { body: latest } = await get('checkpoints/latest?operator=hudson').expect(200);
  const { body: sized } = await get('checkpoints/303?operator=hudson').expect(200);
  expect(sized).toEqual(latest);
  const { body: own } = await get('checkpoints/latest').expect(200);
  expect(own).toMatchObject({ number: '1', size: '2' });
});

test('anybody may prove that a later checkpoint holds all of an earlier one', async () => {
  const { body } = await get('checkpoints/303/consistency?operator=hudson&from=3').expect(200);
  const claim = {
    from: 3n,
    to: 303n,
    fromRoot: bytes(body.from.rootHash),
    toRoot: bytes(body.to.rootHash),
    proof: body.proof.map(bytes),
  };
  expect(verifyConsistency(claim)).toBe(true);
});

test.each(['operations', 'compliance', 'admin', 'regulator'] as const)(
  'a record of the own operator is proved to: %s',
  async (role) => {
    const { body } = await get('records/7/proof').set('Authorization', as(role)).expect(200);
    expect(body.record).toMatchObject({ seq: '7', action: 'offering.approved', subject: 'off_4' });
    const claim = {
      index: BigInt(body.leafIndex),
      size: BigInt(body.checkpoint.size),
      leaf: leafHash(bytes(body.record.hash)),
      proof: body.proof.map(bytes),
      root: bytes(body.checkpoint.rootHash),
    };
    expect(verifyInclusion(claim)).toBe(true);
  },
);

test.each([
  { path: 'checkpoints?operator=nobody', status: 404, code: 'identity.operator-not-found' },
  { path: 'checkpoints/latest?operator=pleisse', status: 404, code: 'audit.checkpoint-not-found' },
  { path: 'checkpoints/4?operator=hudson', status: 404, code: 'audit.checkpoint-not-found' },
  {
    path: 'checkpoints/3/consistency?operator=hudson&from=303',
    status: 422,
    code: 'audit.wrong-order',
  },
  {
    path: 'checkpoints/303/consistency?operator=hudson&from=4',
    status: 404,
    code: 'audit.checkpoint-not-found',
  },
  { path: 'checkpoints/-1?operator=hudson', status: 400, code: 'request.invalid' },
  { path: 'checkpoints/9999999999999999999', status: 400, code: 'request.invalid' },
  { path: 'records/999/proof', status: 404, code: 'audit.record-not-found' },
  { path: 'records/304/proof', status: 409, code: 'audit.not-covered' },
  { path: 'records/7/proof?size=3', status: 409, code: 'audit.not-covered' },
])('$path is refused: $code', async ({ path, status, code }) => {
  const { body } = await get(path).set('Authorization', as('regulator')).expect(status);
  expect(body.code).toBe(code);
});

test('a record is shown to nobody else, and to no other operator', async () => {
  await get('records/7/proof').expect(401);
  await get('records/7/proof').set('Authorization', as('investor')).expect(403);
  const other = await get('records/7/proof').set('Authorization', as('admin', 2)).expect(404);
  expect(other.body.code).toBe('audit.record-not-found');
});
