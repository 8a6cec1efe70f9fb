import { AssertionError } from '../../../src/kernel/assert';
import { capKey, capPlace, capSubject, type CapParties } from '../../../src/modules/caps';
import { CAP_SCOPES, type CapScope } from '../../../src/modules/rulebooks/cap';

const INVESTOR = 'pty_01AAAAAAAAAAAAAAAAAAAAAAAA';
const ISSUER = 'pty_01BBBBBBBBBBBBBBBBBBBBBBBB';
const parties: CapParties = {
  operatorId: 7,
  investor: INVESTOR,
  issuer: ISSUER,
  offering: 'off_01AAAAAAAAAAAAAAAAAAAAAAAA',
};

describe('whose row a cap is counted on', () => {
  it.each<{ scope: CapScope; subject: string }>([
    { scope: 'investor', subject: INVESTOR },
    { scope: 'investor-issuer', subject: `${INVESTOR}/${ISSUER}` },
    { scope: 'lender-borrower', subject: `${INVESTOR}/${ISSUER}` },
    { scope: 'issuer', subject: ISSUER },
    { scope: 'borrower', subject: ISSUER },
    { scope: 'borrower-cluster', subject: ISSUER },
    { scope: 'offering', subject: 'off_01AAAAAAAAAAAAAAAAAAAAAAAA' },
    { scope: 'operator', subject: 'operator:7' },
  ])('per $scope it is $subject', ({ scope, subject }) => {
    expect(capSubject({ scope }, parties)).toBe(subject);
  });

  it('is known for every scope there is', () => {
    for (const scope of CAP_SCOPES) expect(capSubject({ scope }, parties)).not.toBe('');
  });

  it.each<CapScope>(['investor', 'lender-borrower', 'borrower', 'offering'])(
    'per %s it cannot be told without its parties',
    (scope) => {
      expect(() => capSubject({ scope }, { operatorId: 7 })).toThrow(AssertionError);
    },
  );

  it.each([
    { reach: 'installation', key: 'in-p2p/pair-cap' },
    { reach: 'operator', key: 'in-p2p/pair-cap@7' },
  ] as const)('reaching the $reach it has the key $key', ({ reach, key }) => {
    const place = capPlace({ scope: 'lender-borrower', rulebook: 'in-p2p' }, parties);
    expect(capKey({ rule: 'pair-cap', reach }, place)).toBe(key);
  });
});

describe('linked borrowers', () => {
  const linkedBorrowers = [
    'pty_01DDDDDDDDDDDDDDDDDDDDDDDD',
    ISSUER,
    'pty_01CCCCCCCCCCCCCCCCCCCCCCCC',
    'pty_01CCCCCCCCCCCCCCCCCCCCCCCC',
  ] as const;

  it('are named once each, in order, and without the borrower', () => {
    const cap = { scope: 'borrower-cluster', rulebook: 'cn-p2p' } as const;
    expect(capPlace(cap, { ...parties, linkedBorrowers }).linked).toEqual([
      'pty_01CCCCCCCCCCCCCCCCCCCCCCCC',
      'pty_01DDDDDDDDDDDDDDDDDDDDDDDD',
    ]);
  });

  it('concern no other cap', () => {
    const cap = { scope: 'borrower', rulebook: 'cn-p2p' } as const;
    expect(capPlace(cap, { ...parties, linkedBorrowers }).linked).toBeUndefined();
  });
});
