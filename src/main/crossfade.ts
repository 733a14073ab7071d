#!/usr/bin/env node
// The program `crossfade`: finds the command and hands over. Each command's code is loaded only when it is called.
import { readFileSync } from 'node:fs'
import { Command, Option } from 'commander'
import { StartError } from './home.ts'
import type { InstallFlags } from './install.ts'
import { goOnUnread, watchPipes } from './pipes.ts'
import { USUAL_PORTS } from './ports.ts'
import type { StartFlags } from './start-options.ts'
import { printableText } from '../std/printable.ts'

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string
}

function program(): Command {
  const crossfade = new Command('crossfade')
    .description('Progressive delivery for Kubernetes, and for one machine.')
    .version(version, '--version', 'Print the version')
    .enablePositionalOptions()
    .addHelpText('after', '\nkubectl argo rollouts …, and crossfade rollouts …, work on any cluster.')
  crossfade.addCommand(startCommand())
  crossfade.addCommand(controllerCommand())
  crossfade.addCommand(installCommand())
  crossfade.addCommand(envCommand())
  crossfade.addCommand(demoCommand())
  crossfade
    .command('rollouts')
    .description('Look at rollouts and act on them: what `kubectl argo rollouts` does, without kubectl')
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .argument('[args...]')
    .passThroughOptions()
    .action(async (args: string[]) => {
      const { rollouts } = await import('./rollouts.ts')
      process.exitCode = await rollouts(args, 'crossfade rollouts')
    })
  crossfade
    .command('dashboard')
    .description('Serve the dashboard for the cluster of the kubeconfig: `crossfade rollouts dashboard`')
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .argument('[args...]')
    .passThroughOptions()
    .action(async (args: string[]) => {
      const { rollouts } = await import('./rollouts.ts')
      // kubectl's own flag of that name takes a value, and is written `--token=VALUE` here.
      const meant = args.map(one => (one === '--token' ? '--print-token' : one))
      process.exitCode = await rollouts(['dashboard', ...meant], 'crossfade rollouts')
    })
  return crossfade
}

function startCommand(): Command {
  return new Command('start')
    .description('Start the embedded cluster: API server, controllers, pods, gateway')
    .option('--port <number>', `port of the API server; 0 is any free one ${usually(USUAL_PORTS.api)}`)
    .option(
      '--gateway-port <number>',
      `port of the gateway; 0 is any free one ${usually(USUAL_PORTS.gateway)}`,
    )
    .option(
      '--metrics-port <number>',
      `port of the numbers for Prometheus; 0 is any free one ${usually(USUAL_PORTS.metrics)}`,
    )
    .option(
      '--dashboard-port <number>',
      `port of the dashboard; 0 is any free one ${usually(USUAL_PORTS.dashboard)}`,
    )
    .option('--simulate <pattern>', 'simulate the images that match, * is any text (repeatable)', collect, [])
    .option('--demo', 'put the demo rollouts into the namespace default', false)
    .option('--no-demo', 'start without the demo')
    .option('--no-load', 'do not send a light load to the demo')
    .option('--fresh', 'forget the state of earlier starts', false)
    .option('--loglevel <level>', 'debug, info, warn, error or silent', 'warn')
    .addOption(new Option('--seed <number>', "makes the gateway's choices repeatable").hideHelp())
    .action(async (flags: StartFlags) => {
      goOnUnread()
      const { start } = await import('./start.ts')
      process.exitCode = await start(flags, version)
    })
}

function envCommand(): Command {
  return new Command('env')
    .description('Print what a shell needs to use the embedded cluster: eval "$(crossfade env)"')
    .option('--merge', 'write the context `crossfade` into your own kubeconfig instead', false)
    .action(async (flags: { readonly merge: boolean }) => {
      const { shellEnvironment, mergeContext } = await import('./env.ts')
      process.stdout.write(flags.merge ? mergeContext(process.env) : shellEnvironment(process.env))
    })
}

function demoCommand(): Command {
  return new Command('demo')
    .description('Play a canary by itself in this terminal: half a minute, and nothing stays behind')
    .action(async () => {
      goOnUnread()
      const [{ demo }, { rolloutsAt }] = await Promise.all([import('./demo.ts'), import('./rollouts.ts')])
      const { stopSignal, systemClock } = await import('../runtime/system.ts')
      await demo({
        print: text => process.stdout.write(text),
        isTerminal: process.stdout.isTTY === true,
        clock: systemClock,
        interrupted: stopSignal(),
        rollouts: rolloutsAt,
      })
    })
}

function usually(port: number): string {
  return `(default: ${port}, or the next that is free)`
}

/** Argo Rollouts' own flags, read by the controller as Go reads them. */
function controllerCommand(): Command {
  return new Command('controller')
    .description('Run the controller for any Kubernetes: by kubeconfig, or inside the cluster')
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .passThroughOptions()
    .argument('[flags...]')
    .action(async (flags: string[]) => {
      goOnUnread()
      const { controllerProgram } = await import('../controller/program.ts')
      process.exitCode = await controllerProgram(flags, {
        stdout: text => process.stdout.write(text),
        stderr: text => process.stderr.write(text),
        env: process.env,
        version,
      })
    })
}

function installCommand(): Command {
  return new Command('install')
    .description('Print the manifests that run the controller on any Kubernetes')
    .option('--print', 'print them, for: kubectl apply --server-side -f -')
    .option('--image <image>', 'image of the controller', `crossfade:${version}`)
    .option('--namespace <name>', 'namespace of the controller', 'argo-rollouts')
    .option('--namespaced', 'only its own namespace, without ClusterRoles', false)
    .option('--instance-id <id>', 'only objects labelled for this controller')
    .action(async (flags: InstallFlags) => {
      const { installManifests } = await import('./install.ts')
      process.stdout.write(installManifests(flags))
    })
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value]
}

watchPipes()
try {
  await program().parseAsync()
} catch (error) {
  if (!(error instanceof StartError)) throw error
  process.stderr.write(`crossfade: ${printableText(error.message)}\n`)
  process.exitCode = 1
}
