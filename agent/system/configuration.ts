/** `/etc/lx-agent.ini`, with the defaults where it is silent. Times are in seconds. */
export interface Configuration {
  /** Steps that the image builder switched off, by name. */
  readonly stepsOff: ReadonlySet<string>;
  readonly early: { readonly metadataDeadline: number; readonly operatorScriptDeadline: number };
  readonly late: { readonly metadataDeadline: number; readonly userScriptDeadline: number };
  readonly hooks: { readonly deadline: number };
  readonly network: { readonly renderer: RendererChoice; readonly policy: 'auto' | 'hands-off' | 'full' };
}

export const rendererNames = [
  'ifupdown',
  'netplan',
  'networkd',
  'networkmanager',
  'ifcfg',
  'suse',
  'netifrc',
  'void',
] as const;
export type RendererName = (typeof rendererNames)[number];
export type RendererChoice = 'auto' | RendererName | 'none';
