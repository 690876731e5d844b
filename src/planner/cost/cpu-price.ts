// What an hour of a processor core costs. One number with its range; knows no work.

/**
 * US dollars per vCPU and hour: half of an m7g.large on demand in us-east-1
 * (https://www.factualminds.com/blog/amazon-ec2-on-demand-pricing-instance-families-2026, 2026-06-17); low: Nebius
 * cpu-d3 (github:skypilot-org/skypilot-catalog@0082b04 catalogs/v8/nebius/vms.csv, $0.0992 for four); high: half of an
 * m7i.large (https://www.doit.com/blog/aws-ec2-pricing, $0.1008).
 */
export const usdPerCoreHour = { middle: 0.0816 / 2, low: 0.0992 / 4, high: 0.1008 / 2 }
