import { must } from '../../src/kernel/assert';
import type { PlayScene } from './act';
import { refusalOf } from './narrator';
import type { WatchedLender } from './watched-lender';

/** What only those know who are cleared for it. */
export function suspicionScenes(watched: WatchedLender): readonly PlayScene[] {
  return [{ title: 'Three deposits, each just below the line', play: () => suspect(watched) }];
}

const SHOWN_LINES = 14;

async function suspect({ house, world, tell, life }: WatchedLender): Promise<void> {
  const { aml } = world.services;
  const [first, second] = [
    await world.user(house, 'mlro', ['mlro']),
    await world.user(house, 'second.mlro', ['mlro']),
  ];
  const [alert] = await house.read((db) => aml.listAlerts(db, { limit: 1 }));
  const { rule, subject, values, caseId } = must(alert, 'an alert');
  tell.done(`The night found ${life.nameOf(subject.id)}: ${rule.title.en}.`);
  tell.table(['what was compared', ''], Object.entries(values));
  await house.write(first, (tx) => aml.take(tx, caseId));
  const report = await house.write(first, (tx) =>
    aml.report(tx, caseId, {
      entityId: 101,
      userCode: 'MLRO-1',
      reportCode: 'STR',
      reason: 'Deposits kept below the reporting threshold',
      action: 'The account is watched',
      localCurrency: 'EUR',
      country: 'DE',
      subject: { kind: 'person', firstName: 'Dora', lastName: 'Brandt' },
    }),
  );
  const xml = await house.read((db) => aml.reportXml(db, { caseId, id: report.id }));
  tell.text(xml.split('\n').slice(0, SHOWN_LINES).join('\n'));
  const proposal = { outcome: 'reported', reason: 'No lawful purpose is known.' } as const;
  await house.write(first, (tx) => aml.propose(tx, caseId, proposal));
  const decision = { isApproved: true, reason: 'Agreed.' };
  tell.refused(
    'Who proposes to report decides on it',
    await refusalOf(house.write(first, (tx) => aml.decide(tx, caseId, decision))),
  );
  await house.write(second, (tx) => aml.decide(tx, caseId, decision));
  tell.done(
    'The second officer agrees. Nobody else, not even the audit trail, is told of any of it.',
  );
}
