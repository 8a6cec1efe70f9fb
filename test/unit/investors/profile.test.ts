import fc from 'fast-check';
import { Money } from '../../../src/kernel/money';
import type { Investor } from '../../../src/modules/investors/investor';
import {
  investorFacts,
  profileFacts,
  writeFacts,
  type DeclaredFacts,
} from '../../../src/modules/investors/profile';

const INVESTOR: Investor = {
  id: 'inv_01JTVST7XAES5BXHWZN4KR4VEZ',
  operatorId: 1,
  partyId: 'pty_01JTVST7XAES5BXHWZN4KR4VEZ',
  kind: 'natural',
  status: 'active',
  verification: 'verified',
  tier: 'sophisticated',
  tierExpiresAt: new Date('2027-03-10T00:00:00Z'),
  profileVersion: 3,
  country: 'DE',
  identityKind: 'passport',
  identityMasked: '******T47',
  createdAt: new Date('2025-01-01T00:00:00Z'),
};

const eur = (amount: string): Money => Money.parse(amount, 'EUR');
const instant = fc.date({
  min: new Date('2000-01-01T00:00:00Z'),
  max: new Date('2100-01-01T00:00:00Z'),
  noInvalidDate: true,
});
const money = fc.bigInt({ min: 0n, max: 10n ** 15n }).map((minor) => Money.ofMinor(minor, 'EUR'));
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

const declared: fc.Arbitrary<DeclaredFacts> = fc.record({
  means: maybe(
    fc.record({
      annualIncome: maybe(money),
      netWorth: maybe(money),
      liquidAssets: maybe(money),
      annualCommitments: maybe(money),
    }),
  ),
  isJoint: maybe(fc.boolean()),
  declaredElsewhere: maybe(money),
  knowledgeTest: maybe(
    fc.record({
      outcome: fc.constantFrom('passed', 'failed', 'refused'),
      takenAt: instant,
      expiresAt: instant,
    }),
  ),
  lossSimulation: maybe(
    fc.record({ takenAt: instant, abilityToBearLoss: money, expiresAt: instant }),
  ),
  warningAcknowledgedAt: maybe(instant),
});

describe('a profile', () => {
  test('reads back as it was written, whatever was declared', () => {
    fc.assert(
      fc.property(declared, (facts) => {
        const profile = profileFacts(INVESTOR, facts, 'DE');
        expect(investorFacts(JSON.parse(JSON.stringify(writeFacts(profile))))).toEqual(profile);
      }),
    );
  });

  test('is stored with money as on the wire and instants in ISO 8601', () => {
    const facts = profileFacts(INVESTOR, { means: { netWorth: eur('1250.00') } }, 'DE');
    expect(writeFacts(facts)).toEqual({
      kind: 'natural',
      tier: 'sophisticated',
      tierExpiresAt: '2027-03-10T00:00:00.000Z',
      isVerified: true,
      residence: 'domestic',
      means: { netWorth: { amount: '1250.00', currency: 'EUR' } },
    });
  });

  test.each([
    { verification: 'verified', told: true },
    { verification: 'unverified', told: false },
    { verification: 'pending', told: false },
    { verification: 'rejected', told: false },
    { verification: 'expired', told: false },
  ] as const)('says of a $verification investor that they are verified: $told', (row) => {
    const { isVerified } = profileFacts({ ...INVESTOR, verification: row.verification }, {}, 'DE');
    expect(isVerified).toBe(row.told);
  });

  test('takes tier and verification from the file, not from older facts', () => {
    const older = { ...profileFacts(INVESTOR, {}, 'DE'), tier: 'sophisticated', isVerified: true };
    const now = { ...INVESTOR, tier: 'non-sophisticated', verification: 'expired' as const };
    expect(profileFacts(now, older, 'DE')).toMatchObject({
      tier: 'non-sophisticated',
      isVerified: false,
    });
  });

  test('without a tier cannot be read: it would be told to a rulebook as nothing', () => {
    expect(() => investorFacts({ kind: 'natural', isVerified: true })).toThrow(
      'the tier is missing',
    );
  });

  it.each([
    { jurisdiction: 'DE', residence: 'domestic' },
    { jurisdiction: 'IN', residence: 'abroad' },
  ])('of a resident of DE is $residence to an operator in $jurisdiction', (row) => {
    expect(profileFacts(INVESTOR, {}, row.jurisdiction).residence).toBe(row.residence);
  });
});
