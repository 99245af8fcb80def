import { rendererNames } from '../agent/system/configuration.ts';

/** One key of /etc/lx-agent.ini, for its manual page. A test holds these against what the program reads. */
export interface Setting {
  readonly section: string;
  readonly key: string;
  /** As it would be written in the file. */
  readonly default: string;
  /** Another value that it takes. */
  readonly example: string;
  readonly meaning: string;
}

export const settings: readonly Setting[] = [
  {
    section: 'early',
    key: 'metadata_deadline',
    default: '15',
    example: '30',
    meaning:
      'Seconds that the early stage, or a run of both stages by hand, waits for the metadata before it goes on without it.',
  },
  {
    section: 'early',
    key: 'operator_script_deadline',
    default: '300',
    example: '600',
    meaning: 'Seconds until the operator-script is ended.',
  },
  {
    section: 'late',
    key: 'metadata_deadline',
    default: '300',
    example: '600',
    meaning: 'Seconds that the late stage waits for the metadata in a boot.',
  },
  {
    section: 'late',
    key: 'user_script_deadline',
    default: '86400',
    example: '3600',
    meaning: 'Seconds until the user-script is ended.',
  },
  {
    section: 'hooks',
    key: 'deadline',
    default: '60',
    example: '120',
    meaning: 'Seconds until a hook is ended.',
  },
  {
    section: 'network',
    key: 'renderer',
    default: 'auto',
    example: 'networkd',
    meaning: `Which network configuration is written: auto (what the image uses), none, or one of ${rendererNames.join(', ')}.`,
  },
  {
    section: 'network',
    key: 'policy',
    default: 'auto',
    example: 'hands-off',
    meaning:
      'hands-off: the files tell the network software to leave the interfaces as the platform set them up. full: they configure addresses and routes. auto: hands-off for an interface that has one of its addresses when the agent first looks, and in an image whose network service `image prepare` has made idle; full for any other. What the platform left out of a hands-off interface is named by lx-agent doctor.',
  },
];
