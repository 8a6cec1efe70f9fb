import fc from 'fast-check';
import { Money } from '../../../src/kernel/money';
import { rate } from '../../../src/kernel/rate';
import {
  distribute,
  receiptOf,
  type NoteShare,
  type SharingNote,
} from '../../../src/modules/loans/distribution';

const eur = (minor: bigint | number): Money => Money.ofMinor(BigInt(minor), 'EUR');
const notesOf = (principals: readonly (bigint | number)[]): readonly SharingNote[] =>
  principals.map((each, at) => ({ noteNo: at + 1, principal: eur(each), cost: eur(each) }));
const sum = (shares: readonly NoteShare[], of: (share: NoteShare) => Money): Money =>
  Money.sum(shares.map(of), 'EUR');

describe('a distribution', () => {
  test('to 137 lenders with odd cents makes the whole of each portion', () => {
    const notes = notesOf(Array.from({ length: 137 }, (_, at) => 7301 + 13 * at));
    const received = { principal: eur(99_991), interest: eur(8_887), late: eur(503) };
    const shares = distribute(received, notes, rate('0.02'));
    expect(sum(shares, ({ principal }) => principal)).toEqual(received.principal);
    expect(sum(shares, ({ interest }) => interest)).toEqual(received.interest);
    expect(sum(shares, ({ late }) => late)).toEqual(received.late);
    // 2 % of 93.90, rounded down once for all.
    expect(sum(shares, ({ servicing }) => servicing)).toEqual(eur(187));
  });

  test('gives a note without principal nothing of what others are owed', () => {
    const shares = distribute(
      { principal: eur(100), interest: eur(7), late: eur(0) },
      notesOf([0, 1, 100]),
      rate('0'),
    );
    expect(shares.map((share) => receiptOf(share).minor)).toEqual([0n, 1n, 106n]);
  });

  test('divides interest that comes after the principal by what the notes cost', () => {
    const notes = notesOf([0, 0]).map((note, at) => ({ ...note, cost: eur(at === 0 ? 300 : 100) }));
    const shares = distribute(
      { principal: eur(0), interest: eur(40), late: eur(0) },
      notes,
      rate('0'),
    );
    expect(shares.map(({ interest }) => interest.minor)).toEqual([30n, 10n]);
  });

  test('never overpays a note, and leaves all of them at zero with the last payment', () => {
    fc.assert(
      fc.property(
        fc.array(fc.bigInt(1n, 1_000_000n), { minLength: 1, maxLength: 40 }),
        fc.array(fc.integer({ min: 1, max: 99 }), { maxLength: 6 }),
        fc.bigInt(0n, 50_000n),
        (principals, percents, interest) => {
          let notes = notesOf(principals);
          let left = eur(principals.reduce((all, each) => all + each, 0n));
          const pay = (principal: Money): void => {
            const received = { principal, interest: eur(interest), late: eur(0) };
            const shares = distribute(received, notes, rate('0.0375'));
            expect(sum(shares, receiptOf).plus(sum(shares, ({ servicing }) => servicing))).toEqual(
              principal.plus(received.interest),
            );
            notes = notes.map((note, at) => ({
              ...note,
              principal: note.principal.minus(shares[at]?.principal ?? eur(0)),
            }));
            expect(notes.every((note) => !note.principal.isNegative)).toBe(true);
            expect(shares.every(({ interest: own, servicing }) => !own.isLessThan(servicing))).toBe(
              true,
            );
            left = left.minus(principal);
          };
          for (const percent of percents) pay(left.times(rate(String(percent / 100)), 'floor'));
          pay(left);
          expect(notes.every((note) => note.principal.isZero)).toBe(true);
        },
      ),
    );
  });
});
