import type { Listener } from '../../platform/outbox';
import type { AlertService } from './alert.service';

/** A report that was made may change what warns; one that is held tells of its fault by that. */
export function supervisionListeners({
  alerts,
}: {
  readonly alerts: AlertService;
}): readonly Listener[] {
  return [
    {
      name: 'supervision.examine-report',
      types: ['report.published', 'report.held'],
      handle: async (tx) => {
        await alerts.examine(tx);
      },
    },
  ];
}
