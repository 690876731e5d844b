// What was decided and why, with every setting of the engines that it starts.

import type { LaunchSetting } from '../architecture/launch-setting.js'
import type { DesignFacts } from './design-facts.js'
import { flagVerdict } from './flag-verdict.js'
import { markdownList, markdownTable } from './markdown.js'
import { recordMessage } from './record-messages.js'
import type { RecordWriter } from './record-writer.js'

export const decisionSection = ({ report, launches }: DesignFacts, write: RecordWriter): string[] => [
  write.heading(recordMessage('planner.record-decision', {})),
  markdownList(report.reasons.map(write.text)),
  ...launches.flatMap(({ deployment, settings }) => [
    write.heading(recordMessage('planner.record-settings', { deployment }), 3),
    markdownTable(
      [write.label('setting'), write.label('reason'), write.label('validated')],
      settings.map((setting) => [
        nameOf(setting),
        write.text(setting.reason),
        write.text(flagVerdict(setting)),
      ]),
    ),
  ]),
]

const nameOf = ({ flag, value }: LaunchSetting): string => `\`${[flag, value].filter(Boolean).join(' ')}\``
