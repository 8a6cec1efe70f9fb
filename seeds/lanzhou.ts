import { OperatorYear } from './operator-year';
import type { Investor } from './people';
import type { Scene } from './scene';

/** A small private platform under the draft of 2014: qualified investors, no public offer. */
export class LanzhouYear extends OperatorYear {
  private readonly qualified: Investor[] = [];

  scenes(): readonly Scene[] {
    const { year } = this;
    const [software, seeds] = ['皋兰山软件有限公司', '黄河百合种业股份有限公司'];
    return [
      { day: 7, what: 'Qualified investors join in Lanzhou', play: () => this.joinFirst() },
      {
        day: 60,
        what: `${software} opens its round`,
        play: async () => {
          await this.apply(software, { legalForm: 'limited-liability-company' });
          await this.open(software, {
            summary: '面向中小企业的排产软件。',
            price: '10.00',
            target: '400000.00',
            maximum: '900000.00',
            minimumTicket: '50000.00',
            closesAt: year.at(92, 9),
            legalFormHolderLimit: 50,
          });
        },
      },
      {
        day: 64,
        what: `${software} is subscribed`,
        play: () => this.subscribe(software, this.qualified, [10_000, 6, 20]),
      },
      { day: 95, what: `${software} is paid out`, play: () => this.payProceeds(software) },
      {
        day: 342,
        what: `${seeds} opens its round`,
        play: async () => {
          await this.apply(seeds, { mailbox: 'issuer' });
          await this.open(seeds, {
            summary: '兰州百合种球繁育基地扩建。',
            price: '5.00',
            target: '600000.00',
            maximum: '2000000.00',
            minimumTicket: '50000.00',
            closesAt: year.at(402, 9),
          });
        },
      },
      {
        day: 346,
        what: `${seeds} is subscribed`,
        play: () => this.subscribe(seeds, this.qualified.slice(1), [10_000, 5, 12]),
      },
    ];
  }

  private async joinFirst(): Promise<void> {
    const { house } = this;
    for (const address of [{ mailbox: 'investor' }, {}, {}, {}, {}, {}]) {
      this.qualified.push(
        await house.investor({ ...address, tier: 'qualified', cash: '900000.00' }),
      );
    }
    await this.join(2, '80000.00');
  }
}
