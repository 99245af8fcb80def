/** Metadata of so many NICs, and of as many routes, each by a neighbour of another NIC. */
export function nicsAndRoutes(count: number): Record<'sdc:nics' | 'sdc:routes', string> {
  const part = (index: number) => `${10 + Math.floor(index / 256)}.${index % 256}`;
  const nics = Array.from({ length: count }, (_, index) => ({
    interface: `net${index}`,
    mac: `90:b8:d0:00:${(index >> 8).toString(16)}:${(index & 255).toString(16)}`,
    ips: [`${part(index)}.0.2/24`],
    primary: index === 0,
  }));
  const routes = Array.from({ length: count }, (_, index) => ({
    dst: `1${part(index)}.0.0/16`,
    gateway: `${part(index)}.0.1`,
  }));
  return { 'sdc:nics': JSON.stringify(nics), 'sdc:routes': JSON.stringify(routes) };
}
