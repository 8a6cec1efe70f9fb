import { pageOf, route, type Route } from '../../platform/http';
import {
  asMonitoring,
  asMonitoringSummary,
  monitoringCursor,
  monitoringListView,
  monitoringParams,
  monitoringQuery,
  monitoringView,
  readMonitoringCursor,
} from './monitoring.schema';
import type { CreditMonitoring } from './monitoring.service';

const ACCESS = { roles: ['compliance', 'regulator', 'admin'] } as const;

export interface CreditMonitoringRouteDeps {
  readonly creditMonitoring: CreditMonitoring;
}

/** What every month's look at the scorecards found. */
export function creditMonitoringRoutes({
  creditMonitoring,
}: CreditMonitoringRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/credit/monitoring',
      tag: 'Credit',
      summary: 'What the monthly monitoring of scorecards found, newest month first',
      access: ACCESS,
      query: monitoringQuery,
      replies: { 200: monitoringListView },
      read: async (db, { query }) => {
        const { after, limit, ...filter } = query;
        const rows = await creditMonitoring.list(db, {
          ...filter,
          after: readMonitoringCursor(after),
          limit: limit + 1,
        });
        const { items, next } = pageOf(rows, limit, monitoringCursor);
        return { status: 200, body: { items: items.map(asMonitoringSummary), next } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/credit/monitoring/{scorecardNo}/{month}',
      tag: 'Credit',
      summary: 'The monitoring report of a scorecard for a month',
      description:
        'Stability of the score and of every variable, ranking and calibration by month and grade, ' +
        'overrides with what became of them, fairness by group, and defaults by month of life.',
      access: ACCESS,
      params: monitoringParams,
      replies: { 200: monitoringView },
      read: async (db, { params }) => ({
        status: 200,
        body: asMonitoring(
          await creditMonitoring.get(db, {
            scorecardNo: params.scorecardNo,
            monthOn: params.month,
          }),
        ),
      }),
    }),
  ];
}
