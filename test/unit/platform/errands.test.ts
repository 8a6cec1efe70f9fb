import type { Db, Scope } from '../../../src/platform/db';
import { runErrands, type Errand } from '../../../src/platform/jobs';

let trail: string[];
let due: Set<string>;
beforeEach(() => {
  trail = [];
  due = new Set();
});

const database = {
  read: <T>(scope: Scope, work: (db: Db) => Promise<T>): Promise<T> => {
    trail.push('read');
    const query = (): Promise<never> => Promise.reject(new Error('no errand of this test asks'));
    return work({ scope, query });
  },
};
const log = { error: (_message: string, about?: object) => trail.push(JSON.stringify(about)) };

function errand(name: string, then: () => void = () => undefined): Errand {
  return {
    name,
    hasDue: async () => due.has(name),
    run: async (operatorId) => {
      trail.push(`${name} of ${operatorId}`);
      due.delete(name);
      then();
    },
  };
}

const run = (errands: readonly Errand[]): Promise<void> =>
  runErrands({ database, log }, errands, 7);

it('costs one transaction when nothing is due, however many errands there are', async () => {
  await run(['draw', 'match', 'close'].map((name) => errand(name)));
  expect(trail).toEqual(['read']);
});

it('runs what is due in order, and what it brought about after it', async () => {
  due = new Set(['draw', 'report']);
  await run([
    errand('draw', () => due.add('match').add('before')),
    errand('match'),
    errand('close'),
    errand('report'),
  ]);
  expect(trail).toEqual(['read', 'draw of 7', 'read', 'match of 7', 'read', 'report of 7']);
});

it('runs what asks nothing without a transaction for it', async () => {
  const { name, run: listen } = errand('listen');
  await run([{ name, run: listen }, errand('draw')]);
  expect(trail).toEqual(['listen of 7', 'read']);
});

it('logs what goes wrong, with every reason, and goes on', async () => {
  due = new Set(['draw', 'match']);
  const failing = errand('draw', () => {
    throw new AggregateError(['first', 'second']);
  });
  await run([failing, errand('match')]);
  expect(trail).toEqual([
    'read',
    'draw of 7',
    '{"errand":"draw","operatorId":7,"reasons":["first","second"]}',
    'read',
    'match of 7',
  ]);
});
