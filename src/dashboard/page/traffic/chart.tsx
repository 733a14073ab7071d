// A time chart over uPlot: it is made anew when its lines are other ones, and else only given new data.
import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'

export interface ChartLine {
  readonly label: string
  /** Class of the stylesheet that has its colour, `r1`. */
  readonly colour: string
  readonly isFilled?: boolean
  readonly isDashed?: boolean
  readonly values: readonly (number | null)[]
}

export interface Moment {
  /** Seconds. */
  readonly at: number
  readonly label: string
  readonly isBad: boolean
}

export interface ChartProps {
  readonly label: string
  readonly at: readonly number[]
  readonly lines: readonly ChartLine[]
  readonly moments: readonly Moment[]
  /** Of the vertical axis; absent: from 0 to what there is. */
  readonly range?: readonly [number, number]
  readonly show: (value: number) => string
}

const HEIGHT = 180

export function Chart(props: ChartProps) {
  const { label, at, lines, moments } = props
  const box = useRef<HTMLDivElement>(null)
  const chart = useRef<uPlot | undefined>(undefined)
  const marks = useRef(moments)
  marks.current = moments
  const shape = lines.map(line => `${line.label} ${line.colour} ${line.isFilled} ${line.isDashed}`).join('\n')
  useEffect(() => {
    const { current } = box
    if (current === null) return
    const made = new uPlot(
      optionsOf(props, current, () => marks.current),
      dataOf(at, lines),
      current,
    )
    chart.current = made
    const resized = new ResizeObserver(() => made.setSize({ width: current.clientWidth, height: HEIGHT }))
    resized.observe(current)
    const scheme = matchMedia('(prefers-color-scheme: dark)')
    const repaint = () => made.redraw(false)
    scheme.addEventListener('change', repaint)
    return () => {
      scheme.removeEventListener('change', repaint)
      resized.disconnect()
      made.destroy()
    }
  }, [shape])
  useEffect(() => chart.current?.setData(dataOf(at, lines)), [at, lines])
  return <div class="chart" ref={box} role="img" aria-label={label} />
}

function dataOf(at: readonly number[], lines: readonly ChartLine[]): uPlot.AlignedData {
  return [[...at], ...lines.map(({ values }) => [...values])]
}

function colourIn(box: Element, name: string): string {
  return getComputedStyle(box).getPropertyValue(`--${name}`).trim()
}

function optionsOf(props: ChartProps, box: HTMLElement, moments: () => readonly Moment[]): uPlot.Options {
  const { lines, range, show } = props
  const quiet = () => colourIn(box, 'quiet')
  const grid = { stroke: () => colourIn(box, 'line'), width: 1 }
  return {
    width: box.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: true },
      y: { range: range === undefined ? fromZero : () => [...range] as [number, number] },
    },
    axes: [
      { stroke: quiet, grid: { show: false }, ticks: grid, values: (_, splits) => splits.map(timeText) },
      { stroke: quiet, grid, ticks: { show: false }, size: 48, values: (_, splits) => splits.map(show) },
    ],
    series: [
      {},
      ...lines.map(line => ({
        label: line.label,
        stroke: () => colourIn(box, line.colour),
        width: 2,
        points: { show: false },
        spanGaps: false,
        ...(line.isFilled === true ? { fill: () => `${colourIn(box, line.colour)}55` } : {}),
        ...(line.isDashed === true ? { dash: [6, 5] } : {}),
      })),
    ],
    hooks: { draw: [plot => drawMoments(plot, box, moments())] },
  }
}

const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium', hour12: false })

function timeText(seconds: number): string {
  return TIME.format(seconds * 1000)
}

function fromZero(_: uPlot, __: number, max: number): [number, number] {
  return [0, Math.max(1, max * 1.1)]
}

/** A line and a word at each moment; words that would lie on each other are left out. */
function drawMoments(plot: uPlot, box: Element, moments: readonly Moment[]): void {
  const { ctx, bbox } = plot
  const { min = 0, max = 0 } = plot.scales['x'] ?? {}
  let taken = Number.NEGATIVE_INFINITY
  ctx.save()
  ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`
  ctx.textAlign = 'left'
  ctx.setLineDash([3, 3])
  for (const { at, label, isBad } of moments) {
    if (at < (min ?? 0) || at > (max ?? 0)) continue
    const x = plot.valToPos(at, 'x', true)
    ctx.strokeStyle = ctx.fillStyle = colourIn(box, isBad ? 'bad' : 'quiet')
    ctx.beginPath()
    ctx.moveTo(x, bbox.top)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
    const { width } = ctx.measureText(label)
    const left = Math.min(x + 4, bbox.left + bbox.width - width)
    if (left < taken) continue
    ctx.fillText(label, left, bbox.top + 12 * devicePixelRatio)
    taken = left + width + 6
  }
  ctx.restore()
}
