/** The sky: one bird for each post of the last minute, above what has room one bird for several. */
export interface Flock {
  /** That many posts have just been counted. */
  arrive: (posts: number) => void;
  /** That many were counted within the last minute, before this page looked. */
  start: (posts: number) => void;
  /** How many posts one bird stands for. */
  readonly per: number;
  stop: () => void;
}

interface Bird {
  readonly u: number;
  readonly v: number;
  readonly depth: number;
  /** Seconds of the clock below. */
  born: number;
}

const LIFE = 60;
const MOST = 240;
const FRAME = 1 / 30;
const LEAVING = 2;

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Point = readonly [x: number, y: number, visible: number];

/** Where a bird of this age is: flying in from the right, in the folding cloth, off to the left. */
function positionOf(bird: Bird, t: number, width: number, height: number): Point {
  const fold = Math.sin(2.3 * bird.u + 0.42 * t);
  const sway = Math.sin(2.4 * bird.v - 0.31 * t + 1.5 * bird.u);
  const thick = 0.34 + 0.66 * Math.abs(Math.cos(1.25 * bird.u + 0.27 * t));
  const lift = 0.26 * height * (bird.v * thick + 0.62 * fold);
  const x = 0.53 * width + 0.3 * width * (bird.u + 0.26 * sway + 0.12 * Math.sin(0.19 * t));
  const y = height / 2 + (height / 2 - 4) * Math.tanh(lift / (height / 2 - 4));
  const age = t - bird.born;
  const coming = Math.min(1, Math.max(0, age / 1.4));
  const going = Math.max(0, age - LIFE) / LEAVING;
  const eased = 1 - (1 - coming) ** 3;
  return [
    x + (1 - eased) * (width + 8 - x) - going * going * width,
    y + (1 - eased) * (height * (0.2 + 0.6 * bird.depth) - y),
    Math.min(1, coming * 2) * Math.max(0, 1 - going),
  ];
}

function drawBirds(
  pen: CanvasRenderingContext2D,
  birds: readonly Bird[],
  t: number,
  [w, h]: readonly [number, number],
): void {
  for (const bird of birds) {
    const [x, y, visible] = positionOf(bird, t, w, h);
    const [nextX, nextY] = positionOf(bird, t + 0.12, w, h);
    const dx = nextX - x;
    const dy = nextY - y;
    const length = Math.hypot(dx, dy) || 1;
    const half = 1.1 * (0.6 + 0.8 * bird.depth);
    pen.globalAlpha = (0.34 + 0.6 * bird.depth) * visible;
    pen.lineWidth = 1.15 * (0.7 + 0.6 * bird.depth);
    pen.beginPath();
    pen.moveTo(x - (dx / length) * half, y - (dy / length) * half);
    pen.lineTo(x + (dx / length) * half, y + (dy / length) * half);
    pen.stroke();
  }
}

/** Without motion: a tick for each post on a line of the last minute. */
function drawTicks(
  pen: CanvasRenderingContext2D,
  birds: readonly Bird[],
  t: number,
  [w, h]: readonly [number, number],
): void {
  pen.globalAlpha = 0.7;
  pen.lineWidth = 1;
  for (const bird of birds) {
    const x = w * (1 - (t - bird.born) / LIFE);
    pen.beginPath();
    pen.moveTo(x, h - 8);
    pen.lineTo(x, h - 12 - 8 * bird.depth);
    pen.stroke();
  }
}

/** Who is in the air. Knows no canvas: `room` is how many birds there is space for. */
function createAir(clock: () => number, room: () => number) {
  const random = seeded(12);
  let recent: { at: number; posts: number }[] = [];
  let owed = 0;
  const air = {
    birds: [] as Bird[],
    per: 1,
    come(posts: number, bornAt: () => number): void {
      const t = clock();
      recent = [...recent.filter(({ at }) => t - at < LIFE), { at: t, posts }];
      const minute = recent.reduce((sum, one) => sum + one.posts, 0);
      air.per = Math.max(1, Math.ceil(minute / Math.max(1, room())));
      for (owed += posts; owed >= air.per; owed -= air.per) {
        const angle = random() * 2 * Math.PI;
        const radius = random() ** 0.62;
        air.birds.push({
          u: Math.cos(angle) * radius,
          v: Math.sin(angle) * radius,
          depth: random(),
          born: bornAt(),
        });
      }
      air.birds.sort((a, b) => a.born - b.born);
      // More than fit after `per` has grown: the oldest leave now.
      const extra = air.birds.length - room();
      for (const bird of air.birds.slice(0, Math.max(0, extra))) bird.born = Math.min(bird.born, t - LIFE);
    },
    /** Some time within the last minute. */
    earlier: (): number => clock() - random() * (LIFE - 2) - 1.4,
    age(leaving: number): void {
      const t = clock();
      air.birds = air.birds.filter((bird) => t - bird.born < LIFE + leaving);
    },
  };
  return air;
}

/** Clears the canvas and fits it to its place on a screen of any density. */
function fit(canvas: HTMLCanvasElement, pen: CanvasRenderingContext2D): readonly [number, number] {
  const [w, h] = [canvas.clientWidth, canvas.clientHeight];
  const scale = Math.min(2, devicePixelRatio || 1);
  if (canvas.width !== w * scale || canvas.height !== h * scale) {
    canvas.width = w * scale;
    canvas.height = h * scale;
  }
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.clearRect(0, 0, w, h);
  pen.globalAlpha = 1;
  pen.strokeStyle = getComputedStyle(canvas).color;
  pen.lineCap = 'round';
  return [w, h];
}

export function createFlock(
  canvas: HTMLCanvasElement,
  clock: () => number = () => performance.now() / 1000,
): Flock {
  const pen = canvas.getContext('2d');
  const calm = matchMedia('(prefers-reduced-motion: reduce)');
  const air = createAir(clock, () => Math.min(MOST, Math.round(canvas.clientWidth * 0.75)));
  let lastDrawn = 0;
  let frame = 0;

  function tick(): void {
    frame = 0;
    if (pen && clock() - lastDrawn >= (calm.matches ? 1 : FRAME) - 0.004) {
      lastDrawn = clock();
      air.age(calm.matches ? 0 : LEAVING);
      (calm.matches ? drawTicks : drawBirds)(pen, air.birds, lastDrawn, fit(canvas, pen));
    }
    if (air.birds.length > 0) wake();
  }

  function wake(): void {
    if (frame === 0 && !document.hidden) frame = requestAnimationFrame(tick);
  }

  document.addEventListener('visibilitychange', wake);
  return {
    arrive(posts) {
      air.come(posts, clock);
      wake();
    },
    start(posts) {
      air.come(posts, air.earlier);
      wake();
    },
    get per() {
      return air.per;
    },
    stop() {
      document.removeEventListener('visibilitychange', wake);
      cancelAnimationFrame(frame);
    },
  };
}
