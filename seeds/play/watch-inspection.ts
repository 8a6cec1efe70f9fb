import { createHash, randomBytes } from 'node:crypto';
import { addDays, dateIn } from '../../src/kernel/calendar-date';
import { rate } from '../../src/kernel/rate';
import { drawFlaws } from '../../src/modules/supervision';
import type { PlayScene } from './act';
import { tellWhether } from './life-loans';
import { refusalOf } from './narrator';
import { DAILY, type WatchedLender } from './watched-lender';

/** An inspection of cases that neither side could choose. */
export function commitmentScenes(watched: WatchedLender): readonly PlayScene[] {
  return [{ title: 'An inspection is announced by a hash', play: () => commit(watched) }];
}

export function drawScenes(watched: WatchedLender): readonly PlayScene[] {
  return [
    { title: 'The draw, computed by both sides', play: () => draw(watched) },
    { title: 'A question, and an answer by two people', play: () => ask(watched) },
  ];
}

async function commit(watched: WatchedLender): Promise<void> {
  const { world, tell } = watched;
  const { inspections } = world.services;
  const nonce = randomBytes(16).toString('hex');
  const commitment = createHash('sha256').update(nonce).digest('hex');
  const terms = {
    template: DAILY,
    figure: 'investors',
    stratumBy: undefined,
    detectionRate: rate('0.2'),
    confidence: rate('0.9'),
    roster: ['An', 'Bo', 'Chi'],
    inspectors: 2,
  };
  const { id } = await watched.answer(
    { what: 'inspection', subject: commitment },
    {
      read: async () => Promise.resolve(),
      keep: (tx, _, visit) => inspections.open(tx, visit, { commitment, terms }),
    },
  );
  watched.note({ inspection: id, nonce });
  tell.done(
    `Ada commits to a number by its hash, ${commitment.slice(0, 16)}…, and shows it when the next report ` +
      'is made: she could not know that report, nor the operator her number.',
  );
  tell.refused(
    'She draws before it is there',
    await refusalOf(
      watched.look({ what: 'draw' }, (db, v) => inspections.basis(db, v, { id, nonce })),
    ),
  );
}

async function draw(watched: WatchedLender): Promise<void> {
  const { world, tell, house, life } = watched;
  const { inspections } = world.services;
  const [id, nonce] = [watched.get('inspection'), watched.get('nonce')];
  const drawn = await watched.answer(
    { what: 'draw', subject: id },
    {
      read: (db, visit) => inspections.basis(db, visit, { id, nonce }),
      keep: (tx, basis) => inspections.draw(tx, basis, nonce),
    },
  );
  tell.say(
    `Of ${drawn.population.length} investors ${drawn.sampleSize} are enough to meet a wrong file with ` +
      `90 % confidence if a fifth are wrong. Seed ${drawn.seed.slice(0, 16)}…:`,
  );
  tell.table(
    ['case', 'stratum', 'inspector'],
    drawn.drawn.map(({ key, stratum, inspector }) => [life.nameOf(key), stratum, inspector]),
  );
  const published = await house.read((db) => inspections.published(db, id));
  tellWhether(
    tell,
    drawFlaws(published).flaws.length === 0,
    'Computed again from what was published alone: the same cases, the same inspectors.',
  );
  const forged = published.replace(drawn.drawn[0]?.key ?? '', 'inv_somebody_else');
  tellWhether(
    tell,
    drawFlaws(forged).flaws.length > 0,
    'With a case exchanged it does not follow any more.',
  );
}

async function ask(watched: WatchedLender): Promise<void> {
  const { world, tell, house } = watched;
  const { inspections } = world.services;
  const id = watched.get('inspection');
  const { compliance, secondCompliance } = house.staff;
  await watched.answer(
    { what: 'point asked', subject: id },
    {
      read: (db, { supervisor }) => inspections.get(db, id, supervisor),
      keep: (tx, inspection) =>
        inspections.step(tx, inspection, {
          step: 'asked',
          text: 'Who checked this file?',
          dueOn: addDays(dateIn('UTC', world.now), 14),
        }),
    },
  );
  const inspection = await house.read((db) => inspections.get(db, id));
  const take = (by: typeof compliance, step: 'drafted' | 'released') =>
    house.write(by, (tx) =>
      inspections.step(tx, inspection, {
        pointNo: 1,
        step,
        ...(step === 'drafted' ? { text: 'The second compliance officer, on the day.' } : {}),
      }),
    );
  await take(compliance, 'drafted');
  tell.refused('Who drafted the answer releases it', await refusalOf(take(compliance, 'released')));
  await take(secondCompliance, 'released');
  tell.done(
    'Asked with a deadline, drafted by one, released by another: now the authority sees it.',
  );
}
