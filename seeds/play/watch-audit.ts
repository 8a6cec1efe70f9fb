import { HOUR_MS } from '../../src/kernel/clock';
import { isProven, verifyAudit } from '../../src/platform/audit';
import { missingLinks } from '../../src/modules/ledger';
import type { PlayScene } from './act';
import { tellWhether } from './life-loans';
import type { WatchedLender } from './watched-lender';

/** The trail of who did what, and what everybody may see. */
export function auditScenes(watched: WatchedLender): readonly PlayScene[] {
  return [
    { title: 'The audit trail, and a copy that was touched', play: () => audit(watched) },
    { title: 'What everybody may read', play: () => disclose(watched) },
  ];
}

async function audit({ house, world, tell }: WatchedLender): Promise<void> {
  const { checkpoints } = world.services;
  await world.moveBy(HOUR_MS);
  const verdict = await house.read((db) =>
    verifyAudit(db, { keys: checkpoints.keys, missingLinks }),
  );
  const latest = await house.read((db) => checkpoints.latest(db));
  tellWhether(
    tell,
    verdict.firstBreak === undefined,
    `${verdict.checked} records follow from each other; ${verdict.checkpoints} signed ` +
      "checkpoints agree with them, and with the ledger's chains.",
  );
  tell.say(`The latest covers ${latest.size} records: root ${latest.rootHash.slice(0, 24)}…`);
  const proof = await house.read((db) => checkpoints.proveRecord(db, latest.size));
  const { record } = proof;
  tellWhether(
    tell,
    isProven(proof),
    `Record ${record.seq}, ${record.action}, is proven to be in it by ${proof.proof.length} hashes.`,
  );
  const touched = { ...proof, record: { ...record, actorId: house.staff.admin.userId } };
  tellWhether(tell, !isProven(touched), 'A copy of it that names somebody else is not.');
}

async function disclose({ house, world, tell }: WatchedLender): Promise<void> {
  const { publicDisclosure } = world.services;
  const { latest, titles } = await house.read((db) =>
    publicDisclosure.of(db, house.operator, { limit: 5 }),
  );
  tell.say(`${house.operator.legalName}, without a log-in, at /public/${house.operator.code}:`);
  tell.table(
    ['figure', 'value'],
    (latest?.content.figures ?? []).flatMap(({ id, cells }) =>
      cells
        .slice(0, 1)
        .map(({ value, by }) => [
          [titles.get(id)?.en ?? id, ...Object.values(by)].join(', '),
          value ?? '',
        ]),
    ),
  );
}
