import {
  RefreshTokens,
  hashToken,
  judgeRefresh,
  newRefreshToken,
  type RefreshRecord,
} from '../../../src/platform/auth';

const now = new Date('2025-03-10T09:00:00Z');
const later = new Date('2025-04-10T09:00:00Z');
const secondsAgo = (seconds: number) => new Date(now.getTime() - seconds * 1000);

describe('a refresh token', () => {
  it('is 256 random bits, kept only as a hash', () => {
    const { token, hash } = newRefreshToken();
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    expect(hash).toBe(hashToken(token));
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(newRefreshToken().token).not.toBe(token);
  });

  it('has one successor, which nobody without the secret can foretell', () => {
    const tokens = new RefreshTokens(Buffer.alloc(32, 'a'));
    const { token } = newRefreshToken();
    expect(tokens.successor(token)).toEqual(tokens.successor(token));
    expect(tokens.successor(token).token).not.toBe(token);
    expect(new RefreshTokens(Buffer.alloc(32, 'b')).successor(token)).not.toEqual(
      tokens.successor(token),
    );
    expect(() => new RefreshTokens(Buffer.alloc(31))).toThrow('shorter than 256 bits');
  });

  it.each<{ when: string; record: RefreshRecord | undefined; verdict: string }>([
    { when: 'never seen', record: undefined, verdict: 'unknown' },
    { when: 'fresh', record: { expiresAt: later }, verdict: 'rotate' },
    { when: 'at its end', record: { expiresAt: now }, verdict: 'expired' },
    {
      when: 'used 10 s ago',
      record: { expiresAt: later, usedAt: secondsAgo(10) },
      verdict: 'repeat',
    },
    {
      when: 'used 10.001 s ago',
      record: { expiresAt: later, usedAt: secondsAgo(10.001) },
      verdict: 'reused',
    },
    {
      when: 'used just now, its successor too',
      record: { expiresAt: later, usedAt: secondsAgo(2), successorUsedAt: secondsAgo(1) },
      verdict: 'reused',
    },
    {
      when: 'of an ended family',
      record: { expiresAt: later, usedAt: secondsAgo(1), familyRevokedAt: secondsAgo(1) },
      verdict: 'revoked',
    },
  ])('$when: $verdict', ({ record, verdict }) => {
    expect(judgeRefresh(record, now)).toBe(verdict);
  });
});
