/**
 * The live socket's frames, exactly as docs/live-socket.md describes them. Types only.
 *
 * Times called `now` are service seconds: monotonic, meaningful only as differences. Ages (`…age_s`) are seconds at
 * the moment of sending.
 */

export type ChairState = "empty" | "watched" | "standby";
export type Phase = "unknown" | "preparation" | "infusion" | "recovery";
export type Priority = "high" | "medium" | "low";
/** P: physiological, T: technical, O: other. */
export type AlarmKind = "P" | "T" | "O";
export type AlarmState = "idle" | "pending" | "active" | "acknowledged" | "latched" | "shelved";
export type Validity =
  | "valid"
  | "questionable"
  | "ongoing"
  | "calibration"
  | "invalid"
  | "unavailable"
  | "overflow"
  | "underflow";

export interface Value {
  chair: string;
  vital: string;
  label: string;
  unit: string;
  /** None whenever `validity` forbids its use. */
  value: number | null;
  validity: Validity;
  mode: "real" | "test" | "demo";
  device: string;
  /** Since it arrived; for a cuff reading since it was measured. */
  age_s: number;
  /** Drawn as stale from this age. */
  stale_s: number;
  /** Drawn as `--` from this age. */
  gone_s: number;
  /** A now-and-then value (a cuff reading), not a sample of a stream. */
  episodic: boolean;
  /** The last usable value when `value` is null; never drawn as current. */
  last_value: number | null;
  last_age_s: number | null;
}

export interface Alarm {
  chair: string;
  /** Catalogue id, for example `SPO2-LOW`. */
  condition: string;
  kind: AlarmKind;
  state: AlarmState;
  priority: Priority;
  /** `SpO2 low 86 < 90`. */
  text: string;
  /** `last 73, 0:14 ago`, or empty. */
  note: string;
  /** What the nurse does. */
  action: string;
  since_age_s: number;
  value: number | null;
  limit: number | null;
  /** Whose values the tile inverts. */
  vitals: string[];
  count: number;
  /** Who acknowledged, or empty. */
  actor: string;
  /** The milder of a severity pair while the worse is present: neither lights nor sounds. */
  masked: boolean;
  /** How many further people it has called for since it began to sound; each makes the sound a step louder. */
  escalated: number;
  /** Seconds since the value was last beyond its limit, of an alarm that has latched; else null. */
  was_age_s: number | null;
}

export type Command = "start_nibp";

export interface Device {
  id: string;
  driver: string;
  link: "opening" | "up" | "lost";
  /** Plain words when lost, or when what comes is not what the driver reads. */
  reason: string;
  heard_age_s: number | null;
  /** Counted by the service; null in a replay. */
  frames: number | null;
  bad_frames: number | null;
  dropped_bytes: number | null;
  /** What the config lets people have it do. */
  commands: Command[];
}

export interface DeviceStatus {
  device: string;
  status: string;
  detail: string;
  since_age_s: number;
}

/** A chair without its alarms, as a `chair` frame carries it. */
export interface Chair {
  id: string;
  label: string;
  room: string;
  state: ChairState;
  phase: Phase;
  /** Since the visit began, as far as the service knows: nothing older belongs to this patient. */
  visit_age_s: number;
  profile: string;
  /** `SIMULATED`, `REPLAY ×10`…: drawn whenever it is not empty. */
  mark: string;
  /** Short texts by vital: `{"spo2": "90–"}`. */
  limits: Record<string, string>;
  /** Names of limits and delays that are another for this patient than in the profile: `limits.spo2_low`. */
  changed_limits: string[];
  devices: Device[];
  statuses: DeviceStatus[];
  values: Value[];
  /** Service seconds, or null when the sound is on. */
  audio_paused_until: number | null;
  /** What else is kept quiet here, in words: alarms put aside, limits looser than the profile. */
  kept_quiet: string[];
}

/** A chair as the snapshot has it. */
export interface WholeChair extends Chair {
  alarms: Alarm[];
}

/** A change of an alarm's state. */
export interface Transition {
  chair: string;
  condition: string;
  from: AlarmState;
  to: AlarmState;
  priority: Priority;
  value: number | null;
  limit: number | null;
  limit_source: string;
  delay_s: number;
  at: number;
  text: string;
  note: string;
  reason: string;
  /** Who did it, or empty. */
  actor: string;
  count: number;
}

/** What is worth telling of an alarm without a change of its state. */
export interface AlarmEvent {
  kind: "event";
  event: "escalated" | "reminder" | "updated";
  chair: string;
  condition: string;
  priority: Priority;
  /** Which escalation, from 1; else 0. */
  step: number;
  at: number;
  text: string;
  note: string;
  reason: string;
  actor: string;
}

/** What a screen's sound does: `blocked` when the browser wants a touch first. */
export type SoundState = "on" | "blocked" | "off";

/** One connected screen, or a wall screen that has gone. */
export interface ScreenView {
  screen: string;
  kind: "kiosk" | "viewer";
  /** It proves that it draws. */
  alive: boolean;
  sound: SoundState;
  visible: boolean;
  /** Real seconds since its last receipt, or null. */
  heard_age_s: number | null;
  /** False when it may go dark by itself. */
  awake: boolean;
}

interface Numbered {
  /** Grows by one a frame on each connection; a gap means a fault. */
  seq: number;
}

/** How the clinic wants its values coloured. */
export interface Look {
  palette: "classic" | "mono" | "clinic";
  /** Of the palette `clinic`: `#rrggbb` by `hr`, `spo2`, `pressure`. Checked by the service against the alarms' colours. */
  colours: Record<string, string>;
}

export interface Snapshot extends Numbered {
  type: "snapshot";
  now: number;
  /** UTC, ISO 8601: a label for people. */
  wall: string;
  /** Service seconds in one real second. */
  speed: number;
  clinic: string;
  version: string;
  notices: string[];
  look: Look;
  chairs: WholeChair[];
  /** Alarms of the clinic as a whole; in these and their later frames `chair` is empty. */
  clinic_alarms: Alarm[];
  screens: ScreenView[];
  /** Whether the service has a call of its own for when no screen can alarm, and it works. */
  fallback: boolean;
  /** On the socket of a replay only. */
  replay?: ReplayState;
}

/** What is played of the past, and how. Times are ISO 8601. */
export interface ReplayState {
  state: "preparing" | "playing" | "paused" | "ended";
  /** Recorded seconds in a real one while it plays; the snapshot's own `speed` is 0 while time stands still. */
  speed: number;
  since: string;
  until: string;
}

/** Beside a replay: what is the matter at the live chairs. */
export interface LiveAlarms {
  high: number;
  medium: number;
  low: number;
  /** The label of the chair with the most urgent alarm that nobody has answered; empty for the clinic as a whole. */
  chair: string;
  /** Empty when all are answered. */
  text: string;
  priority: Priority | "";
}

export interface LiveBeside extends Numbered {
  type: "live";
  alarms: LiveAlarms;
}

export interface Vitals extends Numbered {
  type: "vitals";
  now: number;
  values: Value[];
}

export interface ChairChange extends Numbered {
  type: "chair";
  now: number;
  chair: Chair;
}

export interface AlarmChange extends Numbered {
  type: "alarm";
  now: number;
  transition: Transition | AlarmEvent;
  /** The alarm after the transition; `idle` when it has ended. */
  alarm: Alarm;
}

/** New texts or values of present alarms, without a change of state. */
export interface AlarmTexts extends Numbered {
  type: "alarms";
  now: number;
  alarms: Alarm[];
}

/** Something at a chair is kept quiet: said once a minute, so that nobody forgets. */
export interface Reminder extends Numbered {
  type: "reminder";
  now: number;
  chair: string;
  text: string;
  /** Sound or an alarm is off: said by a soft burst too. */
  heard: boolean;
}

export interface Screens extends Numbered {
  type: "screens";
  now: number;
  screens: ScreenView[];
  fallback: boolean;
}

export interface Heartbeat extends Numbered {
  type: "heartbeat";
  now: number;
}

export interface Reply extends Numbered {
  type: "reply";
  id: number;
  ok: boolean;
  /** A plain sentence, empty when ok. */
  error: string;
  /** A plain sentence: it is done, but not in the record yet, and why. Empty when it is. */
  note: string;
}

export type ServerFrame = Snapshot | Vitals | ChairChange | AlarmChange | AlarmTexts | Reminder | Screens | Heartbeat | Reply | LiveBeside;

export interface Hello {
  type: "hello";
  screen: string;
  kind: "kiosk" | "viewer";
}

/** What this screen can do; right after `hello`, and at each change. */
export interface State {
  type: "state";
  sound: SoundState;
  /** False when the page is hidden. */
  visible: boolean;
  /** False when the browser may let the screen go dark. */
  awake: boolean;
}

/** Everything up to `seq` is on the glass. */
export interface Drew {
  type: "drew";
  seq: number;
}

/** Whether waves are drawn here from now on; none are sent before. */
export interface Waves {
  type: "waves";
  on: boolean;
}

/** What a person asks for, before the page adds its number and the person's name. */
export type Deed =
  | { act: "acknowledge"; chair: string; condition: string }
  | { act: "pause_audio"; chair: string }
  | { act: "resume_audio"; chair: string }
  | { act: "set_state"; chair: string; state: ChairState; reason: string }
  | { act: "set_phase"; chair: string; phase: Phase }
  | { act: "take_baseline"; chair: string }
  | { act: "note"; chair: string; text: string; kind: "note" | "dose" }
  | { act: "change_limit"; chair: string; key: string; value: number; reason: string; second: string }
  | { act: "shelve"; chair: string; condition: string; reason: string; seconds: number }
  | { act: "unshelve"; chair: string; condition: string }
  | { act: "command"; chair: string; device: string; command: Command };

export type Act = Deed & { type: "act"; id: number; actor: string };

/** Of a replay: its speed, and whether time stands still. */
export interface Play {
  type: "play";
  speed?: number;
  paused?: boolean;
}

export type PageFrame = Hello | State | Drew | Waves | Act | Play;
