import type { Json } from '../../kernel/canonical-json';
import type { Tx } from '../../platform/db';
import { isFinal, moved, type Application, type ApplicationStatus } from './application';
import { releaseProject } from './link.store';
import type { ApplicationDeps } from './ports';
import * as store from './store';

export interface Step {
  readonly to: ApplicationStatus;
  readonly reason: string;
  /** What else of the application this step changes. */
  readonly changes?: Partial<
    Pick<
      Application,
      'priority' | 'linkedCount' | 'decisionId' | 'offeringId' | 'submittedAt' | 'version'
    >
  >;
  readonly details?: { readonly [key: string]: Json | undefined };
}

/** Moves applications from status to status: the row, the recorded step, the audit, the event. */
export class ApplicationSteps {
  constructor(private readonly deps: Pick<ApplicationDeps, 'clock' | 'audit' | 'outbox'>) {}

  /** @throws Problem `applications.wrong-status`. */
  async take(tx: Tx, before: Application, step: Step): Promise<Application> {
    const { clock, audit, outbox } = this.deps;
    const now = clock.now();
    const application: Application = { ...moved(before, step.to, now), ...step.changes };
    await store.updateApplication(tx, application);
    await store.insertTransition(tx, application.id, {
      from: before.status,
      to: step.to,
      reason: step.reason,
      happenedAt: now,
    });
    // Whoever is done with a project lets the next one ask for it.
    if (isFinal(step.to)) await releaseProject(tx, application.id, now);
    const type = `application.${step.to}`;
    await audit.record(tx, {
      action: type,
      subject: application.id,
      details: { reason: step.reason, ...step.details },
    });
    await outbox.publish(tx, {
      type,
      subject: application.id,
      payload: { issuerId: application.issuerId, ...step.details },
    });
    return application;
  }
}
