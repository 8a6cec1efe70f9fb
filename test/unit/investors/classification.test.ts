import { Money } from '../../../src/kernel/money';
import {
  requestableTier,
  requireCurrency,
  TierOrder,
} from '../../../src/modules/investors/classification';
import {
  awaitingVerification,
  lapsed,
  withStatus,
  type Investor,
} from '../../../src/modules/investors/investor';

const order = new TierOrder([
  { id: 'qualified', title: 'Qualified' },
  { id: 'single-project', title: 'Single project' },
  { id: 'not-qualified', title: 'Not qualified' },
]);

describe('who has to agree to a tier', () => {
  test.each([
    { from: 'not-qualified', to: 'qualified', needs: true, why: 'going up' },
    { from: 'not-qualified', to: 'single-project', needs: true, why: 'going up by one' },
    { from: 'qualified', to: 'qualified', needs: true, why: 'staying up for longer' },
    { from: 'qualified', to: 'single-project', needs: false, why: 'going down' },
    { from: 'qualified', to: 'not-qualified', needs: false, why: 'going down to the lowest' },
    { from: 'not-qualified', to: 'not-qualified', needs: false, why: 'staying at the lowest' },
  ])('$why ($from to $to) needs approval: $needs', ({ from, to, needs }) => {
    expect(order.needsApproval(from, to)).toBe(needs);
  });
});

describe('the tier to ask for', () => {
  const findings = [
    { rule: 'assets', citation: 'c', message: 'not met', isMet: false },
    { rule: 'income', citation: 'c', message: 'met', isMet: true },
  ];
  const reached = { tier: 'single-project', findings };

  test.each([
    { requested: undefined, expected: 'single-project' },
    { requested: 'single-project', expected: 'single-project' },
    { requested: 'not-qualified', expected: 'not-qualified' },
  ])('is $expected when $requested is asked for', ({ requested, expected }) => {
    expect(requestableTier(order, reached, requested)).toBe(expected);
  });

  test('is refused above what the evidence reaches, with the criteria not met', () => {
    expect(() => requestableTier(order, reached, 'qualified')).toThrow(
      expect.objectContaining({ code: 'investors.tier-not-met', findings: [findings[0]] }),
    );
  });

  test('is refused when the rulebook does not know it', () => {
    expect(() => requestableTier(order, reached, 'emperor')).toThrow(
      expect.objectContaining({ code: 'investors.tier-unknown' }),
    );
  });
});

test('amounts in another currency than the rulebook’s are refused by name', () => {
  const values = { netWorth: Money.parse('1.00', 'USD'), isJoint: true, other: undefined };
  expect(() => requireCurrency(values, 'USD')).not.toThrow();
  expect(() => requireCurrency(values, 'EUR')).toThrow(
    expect.objectContaining({
      code: 'investors.wrong-currency',
      errors: [expect.objectContaining({ pointer: '#/netWorth' })],
    }),
  );
});

describe('an investor', () => {
  const NOW = new Date('2025-03-10T09:00:00Z');
  const before = new Date(NOW.getTime() + 1);
  const ADA: Investor = {
    id: 'inv_01JTVST7XAES5BXHWZN4KR4VEZ',
    operatorId: 1,
    partyId: 'pty_01JTVST7XAES5BXHWZN4KR4VEZ',
    kind: 'natural',
    status: 'active',
    verification: 'verified',
    tier: 'qualified',
    profileVersion: 1,
    country: 'CN',
    identityKind: 'passport',
    identityMasked: '***',
    createdAt: NOW,
  };

  test.each([
    { name: 'the tier at its last instant', tierExpiresAt: before, tier: 'qualified' },
    { name: 'the tier at its end', tierExpiresAt: NOW, tier: 'not-qualified' },
    { name: 'a tier without an end', tierExpiresAt: undefined, tier: 'qualified' },
  ])('keeps or loses $name', ({ tierExpiresAt, tier }) => {
    expect(lapsed({ ...ADA, tierExpiresAt }, NOW, 'not-qualified').tier).toBe(tier);
  });

  test('loses the verification at its end, and keeps the tier', () => {
    const after = lapsed({ ...ADA, verificationExpiresAt: NOW }, NOW, 'not-qualified');
    expect(after).toMatchObject({ verification: 'expired', tier: 'qualified' });
    expect(after.verificationExpiresAt).toBeUndefined();
  });

  test.each([
    { state: { verification: 'unverified' }, code: undefined },
    { state: { verification: 'rejected' }, code: undefined },
    { state: { verification: 'expired' }, code: undefined },
    { state: { verification: 'verified' }, code: 'investors.already-verified' },
    { state: { verification: 'pending' }, code: 'investors.verification-open' },
    { state: { verification: 'unverified', status: 'suspended' }, code: 'investors.not-active' },
  ] as const)('may ask for verification when $state: $code', ({ state, code }) => {
    const ask = () => awaitingVerification({ ...ADA, ...state }).verification;
    if (code) expect(ask).toThrow(expect.objectContaining({ code }));
    else expect(ask()).toBe('pending');
  });

  test.each([
    { from: 'active', to: 'suspended', may: true },
    { from: 'suspended', to: 'active', may: true },
    { from: 'suspended', to: 'closed', may: true },
    { from: 'closed', to: 'active', may: false },
    { from: 'active', to: 'active', may: false },
  ] as const)('goes from $from to $to: $may', ({ from, to, may }) => {
    const step = () => withStatus({ ...ADA, status: from }, to).status;
    if (may) expect(step()).toBe(to);
    else expect(step).toThrow(expect.objectContaining({ code: 'investors.status-not-allowed' }));
  });
});
