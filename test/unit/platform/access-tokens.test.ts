import { createHmac, generateKeyPairSync } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { ManualClock } from '../../../src/kernel/clock';
import { AccessTokens, type AuthenticatedUser } from '../../../src/platform/auth';

const SECRET = Buffer.alloc(32, 'current-secret');
const OLD_SECRET = Buffer.alloc(32, 'earlier-secret');
const START = '2025-03-10T09:00:00Z';
const NOW = Date.parse(START) / 1000;

const user: AuthenticatedUser = {
  id: 'usr_01JTVST7XAES5BXHWZN4KR4VEZ',
  operatorId: 1,
  roles: ['investor'],
  partyId: 'pty_01JTVST7XAES5BXHWZN4KR4VEZ',
  sessionId: 'ses_01JTVST7XAES5BXHWZN4KR4VEZ',
};

function tokensAt(clock: ManualClock, keys = [{ kid: 'k2', secret: SECRET }]): AccessTokens {
  const [first, ...others] = keys as [(typeof keys)[0], ...typeof keys];
  return new AccessTokens({ clock, keys: [first, ...others], issuer: 'yunchou', audience: 'api' });
}

const HEADER = { alg: 'HS256', typ: 'at+jwt', kid: 'k2' };
const CLAIMS = {
  iss: 'yunchou',
  aud: 'api',
  sub: user.id,
  op: 1,
  roles: ['investor'],
  iat: NOW,
  exp: NOW + 600,
};

function encoded(part: object | string): string {
  return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');
}

/** A token made by hand, as an attacker or another implementation would. */
function forged(
  header: object | string,
  claims: object | string,
  secret: Buffer | string = SECRET,
): string {
  const signed = `${encoded(header)}.${encoded(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

const clock = new ManualClock(START);
const genuine = tokensAt(clock).issue(user).token;
const [head = '', payload = '', signature = ''] = genuine.split('.');
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const publicKey = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString();

describe('an access token', () => {
  it('gives back the user it was issued to', () => {
    const { token, expiresAt } = tokensAt(clock).issue(user);
    expect(tokensAt(clock).verify(token)).toEqual({
      user,
      issuedAt: new Date(START),
      expiresAt: new Date('2025-03-10T09:10:00Z'),
    });
    expect(expiresAt).toEqual(new Date('2025-03-10T09:10:00Z'));
  });

  it('made by hand to the letter is the same token, so the corpus below tests what it says', () => {
    expect(tokensAt(clock).verify(forged(HEADER, CLAIMS)).user.id).toBe(user.id);
  });

  it('ends after ten minutes to the second, remembered or not', () => {
    const moving = new ManualClock(START);
    const remembering = tokensAt(moving);
    const { token } = remembering.issue(user);
    moving.moveTo('2025-03-10T09:09:59.999Z');
    expect(remembering.verify(token).user).toEqual(user);
    moving.moveTo('2025-03-10T09:10:00Z');
    expect(() => remembering.verify(token)).toThrow('auth.expired-token');
    expect(() => tokensAt(moving).verify(token)).toThrow('auth.expired-token');
  });

  it('of the earlier key is taken while the key is in the ring', () => {
    const earlier = { kid: 'k1', secret: OLD_SECRET };
    const { token } = tokensAt(clock, [earlier]).issue(user);
    const current = { kid: 'k2', secret: SECRET };
    expect(tokensAt(clock, [current, earlier]).verify(token).user).toEqual(user);
    expect(() => tokensAt(clock, [current]).verify(token)).toThrow('auth.invalid-token');
  });

  it.each([
    { attack: 'nothing at all', token: '' },
    { attack: 'text without dots', token: 'hello' },
    { attack: 'only dots', token: '..' },
    {
      attack: 'alg none without signature',
      token: `${encoded({ ...HEADER, alg: 'none' })}.${payload}.`,
    },
    {
      attack: 'alg None, spelt otherwise',
      token: `${encoded({ ...HEADER, alg: 'NoNe' })}.${payload}.`,
    },
    { attack: 'a signature left off', token: `${head}.${payload}.` },
    {
      attack: 'a signature of the right length but zero',
      token: `${head}.${payload}.${'A'.repeat(43)}`,
    },
    { attack: 'HS256 with another key', token: forged(HEADER, CLAIMS, 'guess') },
    { attack: 'HS256 with an empty key', token: forged(HEADER, CLAIMS, '') },
    {
      attack: 'HS384 with our key',
      token: jwt.sign(CLAIMS, SECRET, { algorithm: 'HS384', header: { ...HEADER, alg: 'HS384' } }),
    },
    {
      attack: 'RS256 with a key pair of its own',
      token: jwt.sign(CLAIMS, rsa.privateKey, {
        algorithm: 'RS256',
        header: { ...HEADER, alg: 'RS256' },
      }),
    },
    { attack: 'HS256 keyed with an RSA public key', token: forged(HEADER, CLAIMS, publicKey) },
    {
      attack: 'an embedded jwk',
      token: forged({ ...HEADER, jwk: { kty: 'oct', k: encoded('guess') } }, CLAIMS, 'guess'),
    },
    { attack: 'a jku', token: forged({ ...HEADER, jku: 'https://attacker.example/keys' }, CLAIMS) },
    { attack: 'a crit header', token: forged({ ...HEADER, crit: ['exp'] }, CLAIMS) },
    {
      attack: 'a kid that walks the file system',
      token: forged({ ...HEADER, kid: '../../../dev/null' }, CLAIMS, ''),
    },
    { attack: 'a kid with SQL', token: forged({ ...HEADER, kid: "k2' or '1'='1" }, CLAIMS) },
    {
      attack: 'a kid that is no string',
      token: forged({ ...HEADER, kid: { toString: 'k2' } }, CLAIMS),
    },
    { attack: 'no kid', token: forged({ alg: 'HS256', typ: 'at+jwt' }, CLAIMS) },
    { attack: 'another type', token: forged({ ...HEADER, typ: 'JWT' }, CLAIMS) },
    {
      attack: 'a header with a second alg',
      token: forged('{"alg":"HS256","alg":"none","typ":"at+jwt","kid":"k2"}', CLAIMS),
    },
    { attack: 'another issuer', token: forged(HEADER, { ...CLAIMS, iss: 'elsewhere' }) },
    { attack: 'another audience', token: forged(HEADER, { ...CLAIMS, aud: 'console' }) },
    { attack: 'no audience', token: forged(HEADER, { ...CLAIMS, aud: undefined }) },
    { attack: 'not valid yet', token: forged(HEADER, { ...CLAIMS, nbf: NOW + 60 }) },
    {
      attack: 'issued in the future',
      token: forged(HEADER, { ...CLAIMS, iat: NOW + 60, exp: NOW + 600 }),
    },
    { attack: 'no end', token: forged(HEADER, { ...CLAIMS, exp: undefined }) },
    { attack: 'a life of years', token: forged(HEADER, { ...CLAIMS, exp: NOW + 99_999_999 }) },
    { attack: 'an end that is text', token: forged(HEADER, { ...CLAIMS, exp: '9999999999' }) },
    { attack: 'no issue date', token: forged(HEADER, { ...CLAIMS, iat: undefined }) },
    { attack: 'a role that does not exist', token: forged(HEADER, { ...CLAIMS, roles: ['root'] }) },
    { attack: 'roles that are no list', token: forged(HEADER, { ...CLAIMS, roles: 'platform' }) },
    { attack: 'an operator that is text', token: forged(HEADER, { ...CLAIMS, op: '1' }) },
    {
      attack: 'a subject that is no user',
      token: forged(HEADER, { ...CLAIMS, sub: 'off_01JTVST7XAES5BXHWZN4KR4VEZ' }),
    },
    { attack: 'a party that is none', token: forged(HEADER, { ...CLAIMS, pty: '*' }) },
    {
      attack: 'claims given twice',
      token: forged(HEADER, JSON.stringify(CLAIMS).replace('"op":1', '"op":2,"op":1')),
    },
    {
      attack: 'claims with white space',
      token: forged(HEADER, JSON.stringify(CLAIMS, undefined, 1)),
    },
    { attack: 'claims that are a string', token: forged(HEADER, '"usr"') },
    { attack: 'claims that are no JSON', token: forged(HEADER, '{') },
    { attack: 'a truncated signature', token: genuine.slice(0, -4) },
    { attack: 'a truncated payload', token: `${head}.${payload.slice(0, -4)}.${signature}` },
    { attack: 'a changed payload', token: `${head}.${encoded({ ...CLAIMS, op: 2 })}.${signature}` },
    { attack: 'a fourth part', token: `${genuine}.x` },
    { attack: 'padding', token: `${genuine}=` },
    { attack: 'white space inside', token: genuine.replace('.', '. ') },
    {
      attack: 'a very large token',
      token: forged(HEADER, { ...CLAIMS, junk: 'x'.repeat(1_000_000) }),
    },
    {
      attack: 'a very long first part',
      token: `${'A'.repeat(10_000_000)}.${payload}.${signature}`,
    },
  ])('with $attack is refused', ({ token }) => {
    expect(() => tokensAt(clock).verify(token)).toThrow('auth.invalid-token');
  });

  it('that has expired says so, and only to who holds a genuine one', () => {
    const expired = { ...CLAIMS, iat: NOW - 601, exp: NOW - 1 };
    expect(() => tokensAt(clock).verify(forged(HEADER, expired))).toThrow('auth.expired-token');
    expect(() => tokensAt(clock).verify(forged(HEADER, expired, 'guess'))).toThrow(
      'auth.invalid-token',
    );
  });

  it('needs keys of 256 bits, each with a name of its own, and lives ten minutes at most', () => {
    const short = { kid: 'k', secret: Buffer.alloc(31) };
    const key = { kid: 'k', secret: SECRET };
    expect(() => tokensAt(clock, [short])).toThrow('shorter than 256 bits');
    expect(() => tokensAt(clock, [key, { ...key, secret: OLD_SECRET }])).toThrow('share one kid');
    const options = { clock, keys: [key], issuer: 'i', audience: 'a', lifeSeconds: 601 } as const;
    expect(() => new AccessTokens({ ...options, keys: [key] })).toThrow('ten minutes');
  });

  it('is remembered without growing for ever', () => {
    const tokens = tokensAt(clock);
    const first = tokens.issue(user).token;
    for (let operatorId = 1; operatorId <= 10_050; operatorId += 1) {
      tokens.verify(tokens.issue({ ...user, operatorId }).token);
    }
    expect(tokens.verify(first).user).toEqual(user);
    expect((tokens as unknown as { remembered: Map<string, unknown> }).remembered.size).toBe(
      10_000,
    );
  });
});
