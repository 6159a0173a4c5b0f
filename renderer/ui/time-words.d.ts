/** `12 s ago`, `4 min ago`, `in 3 h`; what is further than 30 days is a date. Times are epoch milliseconds. */
export declare function relativeTime(time: number, now: number): string;
/** As kubectl's AGE column: `12s`, `4m`, `3h`, `12d`. */
export declare function age(time: number, now: number): string;
/** `2026-03-01 14:05:09.123`, in the person's own time zone. */
export declare function exactTime(time: number): string;
/** `14:05:09` in the person's own time zone: the time of a row of today's journal. */
export declare function clockTime(time: number): string;
/** `0:07`, `12:30`, `1:02:03`: a position in a recording. */
export declare function position(milliseconds: number): string;
/** `3 ms`, `1.2 s`, `2 min 5 s`. */
export declare function duration(milliseconds: number): string;
/** `512 B`, `4.0 KiB`, `12 MiB`. */
export declare function byteSize(bytes: number): string;
export interface Countdown {
    /** Whole seconds left, rounded up: it says 1 until nothing is left. */
    readonly seconds: number;
    /** 1 at the start, 0 at the end. */
    readonly fraction: number;
    readonly over: boolean;
}
/** What is left until `end`, of a span that began at `start`. Times are epoch milliseconds. */
export declare function countdown(start: number, end: number, now: number): Countdown;
/** `1:05` above a minute, `48 s` below. */
export declare function countdownWords(seconds: number): string;
