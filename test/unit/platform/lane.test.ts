import { Problem } from '../../../src/kernel/problem';
import { Lane, type Outcome } from '../../../src/platform/lanes';

interface Recorded {
  readonly lane: Lane<number, string>;
  readonly batches: number[][];
}

function recordingLane(
  work: (item: number) => Outcome<string> | undefined = (item) => ({ ok: true, value: `${item}` }),
  options: { readonly batchSize?: number; readonly waitingMax?: number } = {},
): Recorded {
  const batches: number[][] = [];
  const lane = new Lane<number, string>({
    batchSize: options.batchSize ?? 100,
    waitingMax: options.waitingMax ?? 1000,
    work: async (items) => {
      batches.push([...items]);
      await new Promise((resolve) => setImmediate(resolve));
      return items.map(work);
    },
  });
  return { lane, batches };
}

describe('a lane', () => {
  it('does what arrives in one turn as one batch, in order', async () => {
    const { lane, batches } = recordingLane();
    const answers = await Promise.all([1, 2, 3].map((item) => lane.submit(item)));
    expect(answers).toEqual(['1', '2', '3']);
    expect(batches).toEqual([[1, 2, 3]]);
  });

  it('gathers what arrives while a batch is under way into the next one', async () => {
    const { lane, batches } = recordingLane();
    const first = lane.submit(1);
    await new Promise((resolve) => setImmediate(resolve));
    const others = [2, 3, 4].map((item) => lane.submit(item));
    await Promise.all([first, ...others]);
    expect(batches).toEqual([[1], [2, 3, 4]]);
  });

  it('never takes more than its batch size at once', async () => {
    const { lane, batches } = recordingLane(undefined, { batchSize: 2 });
    await Promise.all([1, 2, 3, 4, 5].map((item) => lane.submit(item)));
    expect(batches).toEqual([[1, 2], [3, 4], [5]]);
  });

  it('answers each item on its own: one refusal does not touch the others', async () => {
    const { lane } = recordingLane((item) =>
      item === 2 ? { ok: false, error: new Error('no') } : { ok: true, value: 'yes' },
    );
    const settled = await Promise.allSettled([1, 2, 3].map((item) => lane.submit(item)));
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('puts what the work leaves out before all that arrived since', async () => {
    let isFirst = true;
    const { lane, batches } = recordingLane((item) => {
      if (item === 1 && isFirst) {
        isFirst = false;
        return undefined;
      }
      return { ok: true, value: 'done' };
    });
    await Promise.all([1, 2].map((item) => lane.submit(item)));
    expect(batches).toEqual([[1, 2], [1]]);
  });

  it('fails the whole batch, and only it, when the work throws', async () => {
    let isBroken = true;
    const lane = new Lane<number, string>({
      batchSize: 10,
      waitingMax: 10,
      work: async (items) => {
        if (isBroken) throw new Error('the database is gone');
        return items.map(() => ({ ok: true, value: 'ok' }));
      },
    });
    await expect(lane.submit(1)).rejects.toThrow('gone');
    isBroken = false;
    await expect(lane.submit(2)).resolves.toBe('ok');
  });

  it('tells callers to come back when too many wait, and does nothing for them', async () => {
    const { lane, batches } = recordingLane(undefined, { waitingMax: 2 });
    const accepted = [lane.submit(1), lane.submit(2)];
    let refusal: unknown;
    try {
      await lane.submit(3);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(Problem);
    expect(refusal).toMatchObject({ code: 'lane.overloaded', retryAfterSeconds: 1 });
    await Promise.all(accepted);
    expect(batches.flat()).toEqual([1, 2]);
  });

  it('answers what waits before it closes, and then takes no more', async () => {
    const { lane, batches } = recordingLane();
    const waiting = lane.submit(1);
    const closing = lane.close();
    await expect(lane.submit(2)).rejects.toThrow(/shutting-down/);
    await closing;
    await expect(waiting).resolves.toBe('1');
    expect(batches).toEqual([[1]]);
    expect(lane.depth).toBe(0);
  });

  it('makes the next batch ready while one is under way, and lets it change things in its turn', async () => {
    const log: string[] = [];
    const lane = new Lane<number, number>({
      batchSize: 1000,
      waitingMax: 1000,
      work: async (items, turn) => {
        log.push(`ready from ${items[0]}`);
        await turn.come;
        log.push(`changes from ${items[0]}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
        log.push(`changed from ${items[0]}`);
        turn.pass();
        return items.map((value) => ({ ok: true, value }));
      },
    });
    const numbers = Array.from({ length: 200 }, (_, index) => index);
    const answers = await Promise.all(numbers.map((item) => lane.submit(item)));
    expect(answers).toEqual(numbers);
    expect(log).toEqual([
      'ready from 0',
      'ready from 100',
      'changes from 0',
      'changed from 0',
      'changes from 100',
      'changed from 100',
    ]);
  });

  it('keeps the turns in order when a batch does not wait for its own', async () => {
    const log: number[] = [];
    const lane = new Lane<number, number>({
      batchSize: 70,
      waitingMax: 1000,
      work: async (items, turn) => {
        const first = items[0] ?? -1;
        if (first === 70) return items.map((value) => ({ ok: true, value }));
        await turn.come;
        await new Promise((resolve) => setTimeout(resolve, 5));
        log.push(first);
        return items.map((value) => ({ ok: true, value }));
      },
    });
    await Promise.all(Array.from({ length: 210 }, (_, index) => lane.submit(index)));
    expect(log).toEqual([0, 140]);
  });

  it('closes at once when nothing waits', async () => {
    const { lane } = recordingLane();
    await expect(lane.close()).resolves.toBeUndefined();
  });
});
