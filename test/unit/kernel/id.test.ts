import fc from 'fast-check';
import { ManualClock } from '../../../src/kernel/clock';
import { idMaker, isId } from '../../../src/kernel/id';

const zeros = (size: number): Uint8Array => new Uint8Array(size);
const ones = (size: number): Uint8Array => new Uint8Array(size).fill(255);

describe('making ids', () => {
  it('writes the time and the entropy in Crockford letters after the prefix', () => {
    const newId = idMaker(new ManualClock('2025-03-10T00:00:00Z'), zeros);
    expect(newId('sub')).toBe('sub_01JNYNKV000000000000000000');
    expect(newId('sub')).toBe('sub_01JNYNKV000000000000000001');
  });

  it('sorts by time', () => {
    const clock = new ManualClock('2025-03-10T00:00:00Z');
    const newId = idMaker(clock);
    const ids = [1, 2, 3, 4].map(() => {
      const id = newId('off');
      clock.advance(1);
      return id;
    });
    expect(ids.toSorted()).toEqual(ids);
  });

  it('sorts in the order of making within one millisecond, whatever the entropy', () => {
    const newId = idMaker(new ManualClock('2025-03-10T00:00:00Z'), ones);
    const ids = Array.from({ length: 1_000 }, () => newId('sub'));
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(1_000);
    expect(ids.every((id) => isId('sub', id))).toBe(true);
  });

  it('takes fresh entropy from the machine by default', () => {
    const clock = new ManualClock('2025-03-10T00:00:00Z');
    expect(idMaker(clock)('usr')).not.toBe(idMaker(clock)('usr'));
  });

  it('encodes any time up to the year 10889', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 8_640_000_000_000_000 }), (time) => {
        const id = idMaker({ now: () => new Date(time) }, zeros)('inv');
        fc.pre(time < 2 ** 48);
        expect(isId('inv', id)).toBe(true);
      }),
    );
  });
});

describe('recognising ids', () => {
  it.each([
    { text: 'sub_01JTVST7XAES5BXHWZN4KR4VEZ', is: true },
    { text: 'off_01JTVST7XAES5BXHWZN4KR4VEZ', is: false },
    { text: 'sub_01jtvst7xaes5bxhwzn4kr4vez', is: false },
    { text: 'sub_81JTVST7XAES5BXHWZN4KR4VEZ', is: false },
    { text: 'sub_01JTVST7XAES5BXHWZN4KR4VEU', is: false },
    { text: 'sub_01JTVST7XAES5BXHWZN4KR4VE', is: false },
    { text: 'sub_01JTVST7XAES5BXHWZN4KR4VEZ\n', is: false },
    { text: 'sub_', is: false },
    { text: '', is: false },
    { text: 7, is: false },
    { text: undefined, is: false },
  ])('$text is an id of a subscription: $is', ({ text, is }) => {
    expect(isId('sub', text)).toBe(is);
  });
});
