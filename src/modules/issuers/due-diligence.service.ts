import type { Clock } from '../../kernel/clock';
import type { Id } from '../../kernel/id';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import { checklist, requireItem, type ChecklistLine, type DueDiligenceItem } from './due-diligence';
import * as store from './due-diligence.store';
import { issuerProblem } from './errors';
import type { Issuer } from './issuer';
import type { IssuerService } from './issuer.service';

export interface DueDiligenceDeps {
  readonly clock: Clock;
  readonly audit: Audit;
  readonly issuers: IssuerService;
}

export interface SettlementOrder {
  readonly item: string;
  readonly outcome: 'satisfied' | 'failed';
  /** Hash of what was seen; needed to satisfy an item. */
  readonly evidenceSha256?: string | undefined;
  readonly note?: string | undefined;
}

/** What has been checked about an issuer, by whom and on what evidence. */
export class DueDiligenceService {
  constructor(private readonly deps: DueDiligenceDeps) {}

  async linesOf(db: Db, issuer: Issuer): Promise<readonly ChecklistLine[]> {
    return checklist(issuer.kind, await store.listSettlements(db, issuer.id));
  }

  /**
   * Settles an item. Earlier settlings stay on record.
   *
   * @throws Problem `issuers.unknown-item`, `issuers.evidence-missing`.
   */
  async settle(
    tx: Tx,
    issuerId: Id<'iss'>,
    order: SettlementOrder,
  ): Promise<readonly ChecklistLine[]> {
    const issuer = await this.deps.issuers.getAndLock(tx, issuerId);
    const item = requireItem(issuer.kind, order.item);
    const { outcome, evidenceSha256, note } = order;
    if (outcome === 'satisfied' && evidenceSha256 === undefined) {
      throw issuerProblem('evidence-missing');
    }
    const settledBy = tx.scope.actor.id;
    const settledAt = this.deps.clock.now();
    const settlement = { item, outcome, evidenceSha256, note, settledBy, settledAt };
    await store.insertSettlement(tx, issuerId, settlement);
    await this.deps.audit.record(tx, {
      action: `issuer.due-diligence-${outcome}`,
      subject: issuerId,
      details: { item, evidenceSha256 },
    });
    return this.linesOf(tx, issuer);
  }

  /** Opens settled items again, since what they were settled on has changed. */
  async reopen(tx: Tx, issuer: Issuer, items: readonly DueDiligenceItem[]): Promise<void> {
    const lines = await this.linesOf(tx, issuer);
    const settled = lines.filter(({ item, state }) => items.includes(item) && state !== 'open');
    for (const { item } of settled) {
      await store.insertSettlement(tx, issuer.id, {
        item,
        outcome: 'reopened',
        evidenceSha256: undefined,
        note: undefined,
        settledBy: tx.scope.actor.id,
        settledAt: this.deps.clock.now(),
      });
      await this.deps.audit.record(tx, {
        action: 'issuer.due-diligence-reopened',
        subject: issuer.id,
        details: { item },
      });
    }
  }
}
