import { randomBytes } from 'node:crypto';
import type { Clock } from './clock';

/** Prefixes of what people handle; one per kind, so that a wrong kind of id is seen at once. */
export type IdPrefix =
  | 'usr'
  | 'ses'
  | 'pty'
  | 'inv'
  | 'iss'
  | 'off'
  | 'sub'
  | 'doc'
  | 'dep'
  | 'wdr'
  | 'bac'
  | 'trf'
  | 'mdt'
  | 'col'
  | 'rtn'
  | 'ins'
  | 'fil'
  | 'tst'
  | 'cls'
  | 'app'
  | 'lst'
  | 'apl'
  | 'asm'
  | 'enq'
  | 'ofr'
  | 'grt'
  | 'crp'
  | 'req'
  | 'ver'
  | 'mnd'
  | 'win'
  | 'bid'
  | 'bko'
  | 'bkr'
  | 'cdn'
  | 'lon'
  | 'qte'
  | 'prm'
  | 'rst'
  | 'cov'
  | 'clm'
  | 'clt'
  | 'mkl'
  | 'mkp'
  | 'trd'
  | 'alt'
  | 'amc'
  | 'amr'
  | 'rpt'
  | 'aut'
  | 'unm'
  | 'isp'
  | 'cpl'
  | 'inc'
  | 'bst'
  | 'rcm'
  | 'brk';

/** A prefixed ULID: `sub_01JTVST7XAES5BXHWZN4KR4VEZ`. Reveals when it was made, nothing else. */
export type Id<P extends IdPrefix = IdPrefix> = `${P}_${string}`;

export type NewId = <P extends IdPrefix>(prefix: P) => Id<P>;

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

export function isId<P extends IdPrefix>(prefix: P, text: unknown): text is Id<P> {
  return (
    typeof text === 'string' &&
    text.startsWith(`${prefix}_`) &&
    ULID.test(text.slice(prefix.length + 1))
  );
}

/** Makes ids that sort by time, also within one millisecond. */
export function idMaker(clock: Clock, random: (size: number) => Uint8Array = randomBytes): NewId {
  let lastTime = -1;
  let entropy = 0n;
  return (prefix) => {
    const time = clock.now().getTime();
    if (time === lastTime) {
      entropy += 1n;
    } else {
      lastTime = time;
      // 79 of the 80 bits, so that counting up within a millisecond cannot overflow.
      entropy = BigInt(`0x${Buffer.from(random(10)).toString('hex')}`) >> 1n;
    }
    return `${prefix}_${encode(BigInt(time), 10)}${encode(entropy, 16)}`;
  };
}

function encode(value: bigint, length: number): string {
  let text = '';
  for (let rest = value, i = 0; i < length; i += 1, rest >>= 5n) {
    text = ALPHABET.charAt(Number(rest & 31n)) + text;
  }
  return text;
}
