import * as $protobuf from "protobufjs";
import Long = require("long");

/** Namespace shoal. */
export namespace shoal {

    /**
     * Properties of an Envelope.
     * @deprecated Use shoal.Envelope.$Properties instead.
     */
    interface IEnvelope extends shoal.Envelope.$Properties {
    }

    /** Represents an Envelope. */
    class Envelope {

        /**
         * Constructs a new Envelope.
         * @param [properties] Properties to set
         */
        constructor(properties?: shoal.Envelope.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Envelope version. */
        version: number;

        /** Envelope kind. */
        kind: string;

        /** Envelope body. */
        body: Uint8Array;

        /**
         * Creates a new Envelope instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Envelope instance
         */
        static create(properties: shoal.Envelope.$Shape): shoal.Envelope & shoal.Envelope.$Shape;
        static create(properties?: shoal.Envelope.$Properties): shoal.Envelope;

        /**
         * Encodes the specified Envelope message. Does not implicitly {@link shoal.Envelope.verify|verify} messages.
         * @param message Envelope message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: shoal.Envelope.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an Envelope message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {shoal.Envelope & shoal.Envelope.$Shape} Envelope
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): shoal.Envelope & shoal.Envelope.$Shape;

        /**
         * Gets the type url for Envelope
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace Envelope {

        /** Properties of an Envelope. */
        interface $Properties {

            /** Envelope version */
            version?: (number|null);

            /** Envelope kind */
            kind?: (string|null);

            /** Envelope body */
            body?: (Uint8Array|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an Envelope. */
        type $Shape = shoal.Envelope.$Properties;
    }

    /**
     * Properties of a Label.
     * @deprecated Use shoal.Label.$Properties instead.
     */
    interface ILabel extends shoal.Label.$Properties {
    }

    /** Represents a Label. */
    class Label {

        /**
         * Constructs a new Label.
         * @param [properties] Properties to set
         */
        constructor(properties?: shoal.Label.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Label name. */
        name: string;

        /** Label value. */
        value: string;

        /**
         * Creates a new Label instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Label instance
         */
        static create(properties: shoal.Label.$Shape): shoal.Label & shoal.Label.$Shape;
        static create(properties?: shoal.Label.$Properties): shoal.Label;

        /**
         * Encodes the specified Label message. Does not implicitly {@link shoal.Label.verify|verify} messages.
         * @param message Label message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: shoal.Label.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Label message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {shoal.Label & shoal.Label.$Shape} Label
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): shoal.Label & shoal.Label.$Shape;

        /**
         * Gets the type url for Label
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace Label {

        /** Properties of a Label. */
        interface $Properties {

            /** Label name */
            name?: (string|null);

            /** Label value */
            value?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Label. */
        type $Shape = shoal.Label.$Properties;
    }

    /**
     * Properties of a Running.
     * @deprecated Use shoal.Running.$Properties instead.
     */
    interface IRunning extends shoal.Running.$Properties {
    }

    /** Represents a Running. */
    class Running {

        /**
         * Constructs a new Running.
         * @param [properties] Properties to set
         */
        constructor(properties?: shoal.Running.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Running job. */
        job: string;

        /** Running task. */
        task: string;

        /** Running attempt. */
        attempt: number;

        /** Running progress. */
        progress: number;

        /** Running runningMs. */
        runningMs: number;

        /** Running round. */
        round?: (shoal.RoundReport.$Properties|null);

        /** Running cpuMs. */
        cpuMs: number;

        /** Running fetchedBytes. */
        fetchedBytes: number;

        /**
         * Creates a new Running instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Running instance
         */
        static create(properties: shoal.Running.$Shape): shoal.Running & shoal.Running.$Shape;
        static create(properties?: shoal.Running.$Properties): shoal.Running;

        /**
         * Encodes the specified Running message. Does not implicitly {@link shoal.Running.verify|verify} messages.
         * @param message Running message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: shoal.Running.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Running message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {shoal.Running & shoal.Running.$Shape} Running
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): shoal.Running & shoal.Running.$Shape;

        /**
         * Gets the type url for Running
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace Running {

        /** Properties of a Running. */
        interface $Properties {

            /** Running job */
            job?: (string|null);

            /** Running task */
            task?: (string|null);

            /** Running attempt */
            attempt?: (number|null);

            /** Running progress */
            progress?: (number|null);

            /** Running runningMs */
            runningMs?: (number|null);

            /** Running round */
            round?: (shoal.RoundReport.$Properties|null);

            /** Running cpuMs */
            cpuMs?: (number|null);

            /** Running fetchedBytes */
            fetchedBytes?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Running. */
        type $Shape = shoal.Running.$Properties;
    }

    /**
     * Properties of a RoundReport.
     * @deprecated Use shoal.RoundReport.$Properties instead.
     */
    interface IRoundReport extends shoal.RoundReport.$Properties {
    }

    /** Represents a RoundReport. */
    class RoundReport {

        /**
         * Constructs a new RoundReport.
         * @param [properties] Properties to set
         */
        constructor(properties?: shoal.RoundReport.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** RoundReport round. */
        round: number;

        /** RoundReport metrics. */
        metrics: string;

        /** RoundReport bytes. */
        bytes: number;

        /** RoundReport totalMs. */
        totalMs: number;

        /** RoundReport waitMs. */
        waitMs: number;

        /** RoundReport closeMs. */
        closeMs: number;

        /** RoundReport slowest. */
        slowest: string;

        /** RoundReport slowestMs. */
        slowestMs: number;

        /** RoundReport missing. */
        missing: number[];

        /** RoundReport waitingFor. */
        waitingFor: string;

        /** RoundReport openMs. */
        openMs: number;

        /** RoundReport inputs. */
        inputs: string;

        /** RoundReport checkpoint. */
        checkpoint: number;

        /** RoundReport exchangeP95Ms. */
        exchangeP95Ms: number;

        /** RoundReport slowestTotalMs. */
        slowestTotalMs: number;

        /** RoundReport roundP95Ms. */
        roundP95Ms: number;

        /**
         * Creates a new RoundReport instance using the specified properties.
         * @param [properties] Properties to set
         * @returns RoundReport instance
         */
        static create(properties: shoal.RoundReport.$Shape): shoal.RoundReport & shoal.RoundReport.$Shape;
        static create(properties?: shoal.RoundReport.$Properties): shoal.RoundReport;

        /**
         * Encodes the specified RoundReport message. Does not implicitly {@link shoal.RoundReport.verify|verify} messages.
         * @param message RoundReport message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: shoal.RoundReport.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a RoundReport message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {shoal.RoundReport & shoal.RoundReport.$Shape} RoundReport
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): shoal.RoundReport & shoal.RoundReport.$Shape;

        /**
         * Gets the type url for RoundReport
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace RoundReport {

        /** Properties of a RoundReport. */
        interface $Properties {

            /** RoundReport round */
            round?: (number|null);

            /** RoundReport metrics */
            metrics?: (string|null);

            /** RoundReport bytes */
            bytes?: (number|null);

            /** RoundReport totalMs */
            totalMs?: (number|null);

            /** RoundReport waitMs */
            waitMs?: (number|null);

            /** RoundReport closeMs */
            closeMs?: (number|null);

            /** RoundReport slowest */
            slowest?: (string|null);

            /** RoundReport slowestMs */
            slowestMs?: (number|null);

            /** RoundReport missing */
            missing?: (number[]|null);

            /** RoundReport waitingFor */
            waitingFor?: (string|null);

            /** RoundReport openMs */
            openMs?: (number|null);

            /** RoundReport inputs */
            inputs?: (string|null);

            /** RoundReport checkpoint */
            checkpoint?: (number|null);

            /** RoundReport exchangeP95Ms */
            exchangeP95Ms?: (number|null);

            /** RoundReport slowestTotalMs */
            slowestTotalMs?: (number|null);

            /** RoundReport roundP95Ms */
            roundP95Ms?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a RoundReport. */
        type $Shape = shoal.RoundReport.$Properties;
    }

    /**
     * Properties of a Heartbeat.
     * @deprecated Use shoal.Heartbeat.$Properties instead.
     */
    interface IHeartbeat extends shoal.Heartbeat.$Properties {
    }

    /** Represents a Heartbeat. */
    class Heartbeat {

        /**
         * Constructs a new Heartbeat.
         * @param [properties] Properties to set
         */
        constructor(properties?: shoal.Heartbeat.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Heartbeat node. */
        node: string;

        /** Heartbeat nonce. */
        nonce: string;

        /** Heartbeat role. */
        role: string;

        /** Heartbeat seq. */
        seq: number;

        /** Heartbeat intervalMs. */
        intervalMs: number;

        /** Heartbeat slots. */
        slots: number;

        /** Heartbeat running. */
        running: shoal.Running.$Properties[];

        /** Heartbeat queued. */
        queued: number;

        /** Heartbeat memoryBytes. */
        memoryBytes: number;

        /** Heartbeat residentBytes. */
        residentBytes: number;

        /** Heartbeat loopLagMs. */
        loopLagMs: number;

        /** Heartbeat version. */
        version: string;

        /** Heartbeat learners. */
        learners: string[];

        /** Heartbeat labels. */
        labels: shoal.Label.$Properties[];

        /** Heartbeat draining. */
        draining: boolean;

        /** Heartbeat leaving. */
        leaving: boolean;

        /** Heartbeat tasksDone. */
        tasksDone: number;

        /** Heartbeat commitsRefused. */
        commitsRefused: number;

        /** Heartbeat host. */
        host: string;

        /** Heartbeat held. */
        held: string[];

        /** Heartbeat uptimeMs. */
        uptimeMs: number;

        /** Heartbeat term. */
        term: number;

        /** Heartbeat pid. */
        pid: number;

        /** Heartbeat copies. */
        copies: boolean;

        /** Heartbeat paces. */
        paces: shoal.HoldPace.$Properties[];

        /**
         * Creates a new Heartbeat instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Heartbeat instance
         */
        static create(properties: shoal.Heartbeat.$Shape): shoal.Heartbeat & shoal.Heartbeat.$Shape;
        static create(properties?: shoal.Heartbeat.$Properties): shoal.Heartbeat;

        /**
         * Encodes the specified Heartbeat message. Does not implicitly {@link shoal.Heartbeat.verify|verify} messages.
         * @param message Heartbeat message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: shoal.Heartbeat.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Heartbeat message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {shoal.Heartbeat & shoal.Heartbeat.$Shape} Heartbeat
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): shoal.Heartbeat & shoal.Heartbeat.$Shape;

        /**
         * Gets the type url for Heartbeat
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace Heartbeat {

        /** Properties of a Heartbeat. */
        interface $Properties {

            /** Heartbeat node */
            node?: (string|null);

            /** Heartbeat nonce */
            nonce?: (string|null);

            /** Heartbeat role */
            role?: (string|null);

            /** Heartbeat seq */
            seq?: (number|null);

            /** Heartbeat intervalMs */
            intervalMs?: (number|null);

            /** Heartbeat slots */
            slots?: (number|null);

            /** Heartbeat running */
            running?: (shoal.Running.$Properties[]|null);

            /** Heartbeat queued */
            queued?: (number|null);

            /** Heartbeat memoryBytes */
            memoryBytes?: (number|null);

            /** Heartbeat residentBytes */
            residentBytes?: (number|null);

            /** Heartbeat loopLagMs */
            loopLagMs?: (number|null);

            /** Heartbeat version */
            version?: (string|null);

            /** Heartbeat learners */
            learners?: (string[]|null);

            /** Heartbeat labels */
            labels?: (shoal.Label.$Properties[]|null);

            /** Heartbeat draining */
            draining?: (boolean|null);

            /** Heartbeat leaving */
            leaving?: (boolean|null);

            /** Heartbeat tasksDone */
            tasksDone?: (number|null);

            /** Heartbeat commitsRefused */
            commitsRefused?: (number|null);

            /** Heartbeat host */
            host?: (string|null);

            /** Heartbeat held */
            held?: (string[]|null);

            /** Heartbeat uptimeMs */
            uptimeMs?: (number|null);

            /** Heartbeat term */
            term?: (number|null);

            /** Heartbeat pid */
            pid?: (number|null);

            /** Heartbeat copies */
            copies?: (boolean|null);

            /** Heartbeat paces */
            paces?: (shoal.HoldPace.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Heartbeat. */
        type $Shape = shoal.Heartbeat.$Properties;
    }

    /**
     * Properties of a HoldPace.
     * @deprecated Use shoal.HoldPace.$Properties instead.
     */
    interface IHoldPace extends shoal.HoldPace.$Properties {
    }

    /** Represents a HoldPace. */
    class HoldPace {

        /**
         * Constructs a new HoldPace.
         * @param [properties] Properties to set
         */
        constructor(properties?: shoal.HoldPace.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** HoldPace job. */
        job: string;

        /** HoldPace slices. */
        slices: number;

        /** HoldPace ms. */
        ms: number;

        /**
         * Creates a new HoldPace instance using the specified properties.
         * @param [properties] Properties to set
         * @returns HoldPace instance
         */
        static create(properties: shoal.HoldPace.$Shape): shoal.HoldPace & shoal.HoldPace.$Shape;
        static create(properties?: shoal.HoldPace.$Properties): shoal.HoldPace;

        /**
         * Encodes the specified HoldPace message. Does not implicitly {@link shoal.HoldPace.verify|verify} messages.
         * @param message HoldPace message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: shoal.HoldPace.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a HoldPace message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {shoal.HoldPace & shoal.HoldPace.$Shape} HoldPace
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): shoal.HoldPace & shoal.HoldPace.$Shape;

        /**
         * Gets the type url for HoldPace
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace HoldPace {

        /** Properties of a HoldPace. */
        interface $Properties {

            /** HoldPace job */
            job?: (string|null);

            /** HoldPace slices */
            slices?: (number|null);

            /** HoldPace ms */
            ms?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a HoldPace. */
        type $Shape = shoal.HoldPace.$Properties;
    }

    /**
     * Properties of an Offer.
     * @deprecated Use shoal.Offer.$Properties instead.
     */
    interface IOffer extends shoal.Offer.$Properties {
    }

    /** Represents an Offer. */
    class Offer {

        /**
         * Constructs a new Offer.
         * @param [properties] Properties to set
         */
        constructor(properties?: shoal.Offer.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Offer job. */
        job: string;

        /** Offer task. */
        task: string;

        /** Offer attempt. */
        attempt: number;

        /** Offer plan. */
        plan: string;

        /** Offer input. */
        input: string;

        /** Offer isolated. */
        isolated: boolean;

        /** Offer traceparent. */
        traceparent: string;

        /** Offer copy. */
        copy: boolean;

        /** Offer priority. */
        priority: number;

        /**
         * Creates a new Offer instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Offer instance
         */
        static create(properties: shoal.Offer.$Shape): shoal.Offer & shoal.Offer.$Shape;
        static create(properties?: shoal.Offer.$Properties): shoal.Offer;

        /**
         * Encodes the specified Offer message. Does not implicitly {@link shoal.Offer.verify|verify} messages.
         * @param message Offer message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: shoal.Offer.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an Offer message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {shoal.Offer & shoal.Offer.$Shape} Offer
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): shoal.Offer & shoal.Offer.$Shape;

        /**
         * Gets the type url for Offer
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace Offer {

        /** Properties of an Offer. */
        interface $Properties {

            /** Offer job */
            job?: (string|null);

            /** Offer task */
            task?: (string|null);

            /** Offer attempt */
            attempt?: (number|null);

            /** Offer plan */
            plan?: (string|null);

            /** Offer input */
            input?: (string|null);

            /** Offer isolated */
            isolated?: (boolean|null);

            /** Offer traceparent */
            traceparent?: (string|null);

            /** Offer copy */
            copy?: (boolean|null);

            /** Offer priority */
            priority?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an Offer. */
        type $Shape = shoal.Offer.$Properties;
    }

    /**
     * Properties of an Offers.
     * @deprecated Use shoal.Offers.$Properties instead.
     */
    interface IOffers extends shoal.Offers.$Properties {
    }

    /** Represents an Offers. */
    class Offers {

        /**
         * Constructs a new Offers.
         * @param [properties] Properties to set
         */
        constructor(properties?: shoal.Offers.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Offers term. */
        term: number;

        /** Offers coordinator. */
        coordinator: string;

        /** Offers offers. */
        offers: shoal.Offer.$Properties[];

        /**
         * Creates a new Offers instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Offers instance
         */
        static create(properties: shoal.Offers.$Shape): shoal.Offers & shoal.Offers.$Shape;
        static create(properties?: shoal.Offers.$Properties): shoal.Offers;

        /**
         * Encodes the specified Offers message. Does not implicitly {@link shoal.Offers.verify|verify} messages.
         * @param message Offers message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: shoal.Offers.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an Offers message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {shoal.Offers & shoal.Offers.$Shape} Offers
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): shoal.Offers & shoal.Offers.$Shape;

        /**
         * Gets the type url for Offers
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace Offers {

        /** Properties of an Offers. */
        interface $Properties {

            /** Offers term */
            term?: (number|null);

            /** Offers coordinator */
            coordinator?: (string|null);

            /** Offers offers */
            offers?: (shoal.Offer.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an Offers. */
        type $Shape = shoal.Offers.$Properties;
    }

    /**
     * Properties of a Control.
     * @deprecated Use shoal.Control.$Properties instead.
     */
    interface IControl extends shoal.Control.$Properties {
    }

    /** Represents a Control. */
    class Control {

        /**
         * Constructs a new Control.
         * @param [properties] Properties to set
         */
        constructor(properties?: shoal.Control.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Control verb. */
        verb: string;

        /** Control job. */
        job: string;

        /** Control term. */
        term: number;

        /** Control task. */
        task: string;

        /** Control attempt. */
        attempt: number;

        /** Control nonce. */
        nonce: string;

        /**
         * Creates a new Control instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Control instance
         */
        static create(properties: shoal.Control.$Shape): shoal.Control & shoal.Control.$Shape;
        static create(properties?: shoal.Control.$Properties): shoal.Control;

        /**
         * Encodes the specified Control message. Does not implicitly {@link shoal.Control.verify|verify} messages.
         * @param message Control message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: shoal.Control.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Control message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {shoal.Control & shoal.Control.$Shape} Control
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): shoal.Control & shoal.Control.$Shape;

        /**
         * Gets the type url for Control
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace Control {

        /** Properties of a Control. */
        interface $Properties {

            /** Control verb */
            verb?: (string|null);

            /** Control job */
            job?: (string|null);

            /** Control term */
            term?: (number|null);

            /** Control task */
            task?: (string|null);

            /** Control attempt */
            attempt?: (number|null);

            /** Control nonce */
            nonce?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Control. */
        type $Shape = shoal.Control.$Properties;
    }

    /**
     * Properties of a RoundOpen.
     * @deprecated Use shoal.RoundOpen.$Properties instead.
     */
    interface IRoundOpen extends shoal.RoundOpen.$Properties {
    }

    /** Represents a RoundOpen. */
    class RoundOpen {

        /**
         * Constructs a new RoundOpen.
         * @param [properties] Properties to set
         */
        constructor(properties?: shoal.RoundOpen.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** RoundOpen job. */
        job: string;

        /** RoundOpen fit. */
        fit: number;

        /** RoundOpen attempt. */
        attempt: number;

        /** RoundOpen node. */
        node: string;

        /** RoundOpen nonce. */
        nonce: string;

        /** RoundOpen round. */
        round: number;

        /** RoundOpen state. */
        state: string;

        /** RoundOpen size. */
        size: number;

        /** RoundOpen inline. */
        inline: Uint8Array;

        /** RoundOpen probe. */
        probe: boolean;

        /** RoundOpen sources. */
        sources: string[];

        /** RoundOpen plan. */
        plan: string;

        /**
         * Creates a new RoundOpen instance using the specified properties.
         * @param [properties] Properties to set
         * @returns RoundOpen instance
         */
        static create(properties: shoal.RoundOpen.$Shape): shoal.RoundOpen & shoal.RoundOpen.$Shape;
        static create(properties?: shoal.RoundOpen.$Properties): shoal.RoundOpen;

        /**
         * Encodes the specified RoundOpen message. Does not implicitly {@link shoal.RoundOpen.verify|verify} messages.
         * @param message RoundOpen message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: shoal.RoundOpen.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a RoundOpen message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {shoal.RoundOpen & shoal.RoundOpen.$Shape} RoundOpen
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): shoal.RoundOpen & shoal.RoundOpen.$Shape;

        /**
         * Gets the type url for RoundOpen
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace RoundOpen {

        /** Properties of a RoundOpen. */
        interface $Properties {

            /** RoundOpen job */
            job?: (string|null);

            /** RoundOpen fit */
            fit?: (number|null);

            /** RoundOpen attempt */
            attempt?: (number|null);

            /** RoundOpen node */
            node?: (string|null);

            /** RoundOpen nonce */
            nonce?: (string|null);

            /** RoundOpen round */
            round?: (number|null);

            /** RoundOpen state */
            state?: (string|null);

            /** RoundOpen size */
            size?: (number|null);

            /** RoundOpen inline */
            inline?: (Uint8Array|null);

            /** RoundOpen probe */
            probe?: (boolean|null);

            /** RoundOpen sources */
            sources?: (string[]|null);

            /** RoundOpen plan */
            plan?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a RoundOpen. */
        type $Shape = shoal.RoundOpen.$Properties;
    }

    /**
     * Properties of a Share.
     * @deprecated Use shoal.Share.$Properties instead.
     */
    interface IShare extends shoal.Share.$Properties {
    }

    /** Represents a Share. */
    class Share {

        /**
         * Constructs a new Share.
         * @param [properties] Properties to set
         */
        constructor(properties?: shoal.Share.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Share first. */
        first: number;

        /** Share count. */
        count: number;

        /** Share attempts. */
        attempts: number[];

        /** Share size. */
        size: number;

        /** Share sha256. */
        sha256: string;

        /** Share inline. */
        inline: Uint8Array;

        /**
         * Creates a new Share instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Share instance
         */
        static create(properties: shoal.Share.$Shape): shoal.Share & shoal.Share.$Shape;
        static create(properties?: shoal.Share.$Properties): shoal.Share;

        /**
         * Encodes the specified Share message. Does not implicitly {@link shoal.Share.verify|verify} messages.
         * @param message Share message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: shoal.Share.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Share message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {shoal.Share & shoal.Share.$Shape} Share
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): shoal.Share & shoal.Share.$Shape;

        /**
         * Gets the type url for Share
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace Share {

        /** Properties of a Share. */
        interface $Properties {

            /** Share first */
            first?: (number|null);

            /** Share count */
            count?: (number|null);

            /** Share attempts */
            attempts?: (number[]|null);

            /** Share size */
            size?: (number|null);

            /** Share sha256 */
            sha256?: (string|null);

            /** Share inline */
            inline?: (Uint8Array|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Share. */
        type $Shape = shoal.Share.$Properties;
    }

    /**
     * Properties of a RoundReady.
     * @deprecated Use shoal.RoundReady.$Properties instead.
     */
    interface IRoundReady extends shoal.RoundReady.$Properties {
    }

    /** Represents a RoundReady. */
    class RoundReady {

        /**
         * Constructs a new RoundReady.
         * @param [properties] Properties to set
         */
        constructor(properties?: shoal.RoundReady.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** RoundReady node. */
        node: string;

        /** RoundReady nonce. */
        nonce: string;

        /** RoundReady job. */
        job: string;

        /** RoundReady fit. */
        fit: number;

        /** RoundReady attempt. */
        attempt: number;

        /** RoundReady round. */
        round: number;

        /** RoundReady state. */
        state: string;

        /** RoundReady stateSize. */
        stateSize: number;

        /** RoundReady shares. */
        shares: shoal.Share.$Properties[];

        /** RoundReady slices. */
        slices: number[];

        /** RoundReady computeMs. */
        computeMs: number;

        /** RoundReady fetchMs. */
        fetchMs: number;

        /** RoundReady plan. */
        plan: string;

        /**
         * Creates a new RoundReady instance using the specified properties.
         * @param [properties] Properties to set
         * @returns RoundReady instance
         */
        static create(properties: shoal.RoundReady.$Shape): shoal.RoundReady & shoal.RoundReady.$Shape;
        static create(properties?: shoal.RoundReady.$Properties): shoal.RoundReady;

        /**
         * Encodes the specified RoundReady message. Does not implicitly {@link shoal.RoundReady.verify|verify} messages.
         * @param message RoundReady message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: shoal.RoundReady.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a RoundReady message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {shoal.RoundReady & shoal.RoundReady.$Shape} RoundReady
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): shoal.RoundReady & shoal.RoundReady.$Shape;

        /**
         * Gets the type url for RoundReady
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace RoundReady {

        /** Properties of a RoundReady. */
        interface $Properties {

            /** RoundReady node */
            node?: (string|null);

            /** RoundReady nonce */
            nonce?: (string|null);

            /** RoundReady job */
            job?: (string|null);

            /** RoundReady fit */
            fit?: (number|null);

            /** RoundReady attempt */
            attempt?: (number|null);

            /** RoundReady round */
            round?: (number|null);

            /** RoundReady state */
            state?: (string|null);

            /** RoundReady stateSize */
            stateSize?: (number|null);

            /** RoundReady shares */
            shares?: (shoal.Share.$Properties[]|null);

            /** RoundReady slices */
            slices?: (number[]|null);

            /** RoundReady computeMs */
            computeMs?: (number|null);

            /** RoundReady fetchMs */
            fetchMs?: (number|null);

            /** RoundReady plan */
            plan?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a RoundReady. */
        type $Shape = shoal.RoundReady.$Properties;
    }

    /**
     * Properties of a Pull.
     * @deprecated Use shoal.Pull.$Properties instead.
     */
    interface IPull extends shoal.Pull.$Properties {
    }

    /** Represents a Pull. */
    class Pull {

        /**
         * Constructs a new Pull.
         * @param [properties] Properties to set
         */
        constructor(properties?: shoal.Pull.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Pull digest. */
        digest: string;

        /** Pull n. */
        n: number;

        /**
         * Creates a new Pull instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Pull instance
         */
        static create(properties: shoal.Pull.$Shape): shoal.Pull & shoal.Pull.$Shape;
        static create(properties?: shoal.Pull.$Properties): shoal.Pull;

        /**
         * Encodes the specified Pull message. Does not implicitly {@link shoal.Pull.verify|verify} messages.
         * @param message Pull message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: shoal.Pull.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Pull message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {shoal.Pull & shoal.Pull.$Shape} Pull
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): shoal.Pull & shoal.Pull.$Shape;

        /**
         * Gets the type url for Pull
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace Pull {

        /** Properties of a Pull. */
        interface $Properties {

            /** Pull digest */
            digest?: (string|null);

            /** Pull n */
            n?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Pull. */
        type $Shape = shoal.Pull.$Properties;
    }

    /**
     * Properties of a Reduce.
     * @deprecated Use shoal.Reduce.$Properties instead.
     */
    interface IReduce extends shoal.Reduce.$Properties {
    }

    /** Represents a Reduce. */
    class Reduce {

        /**
         * Constructs a new Reduce.
         * @param [properties] Properties to set
         */
        constructor(properties?: shoal.Reduce.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Reduce job. */
        job: string;

        /** Reduce fit. */
        fit: number;

        /** Reduce attempt. */
        attempt: number;

        /** Reduce round. */
        round: number;

        /** Reduce state. */
        state: string;

        /** Reduce places. */
        places: shoal.SharePlace.$Properties[];

        /**
         * Creates a new Reduce instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Reduce instance
         */
        static create(properties: shoal.Reduce.$Shape): shoal.Reduce & shoal.Reduce.$Shape;
        static create(properties?: shoal.Reduce.$Properties): shoal.Reduce;

        /**
         * Encodes the specified Reduce message. Does not implicitly {@link shoal.Reduce.verify|verify} messages.
         * @param message Reduce message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: shoal.Reduce.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Reduce message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {shoal.Reduce & shoal.Reduce.$Shape} Reduce
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): shoal.Reduce & shoal.Reduce.$Shape;

        /**
         * Gets the type url for Reduce
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace Reduce {

        /** Properties of a Reduce. */
        interface $Properties {

            /** Reduce job */
            job?: (string|null);

            /** Reduce fit */
            fit?: (number|null);

            /** Reduce attempt */
            attempt?: (number|null);

            /** Reduce round */
            round?: (number|null);

            /** Reduce state */
            state?: (string|null);

            /** Reduce places */
            places?: (shoal.SharePlace.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Reduce. */
        type $Shape = shoal.Reduce.$Properties;
    }

    /**
     * Properties of a SharePlace.
     * @deprecated Use shoal.SharePlace.$Properties instead.
     */
    interface ISharePlace extends shoal.SharePlace.$Properties {
    }

    /** Represents a SharePlace. */
    class SharePlace {

        /**
         * Constructs a new SharePlace.
         * @param [properties] Properties to set
         */
        constructor(properties?: shoal.SharePlace.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** SharePlace node. */
        node: string;

        /** SharePlace share. */
        share?: (shoal.Share.$Properties|null);

        /**
         * Creates a new SharePlace instance using the specified properties.
         * @param [properties] Properties to set
         * @returns SharePlace instance
         */
        static create(properties: shoal.SharePlace.$Shape): shoal.SharePlace & shoal.SharePlace.$Shape;
        static create(properties?: shoal.SharePlace.$Properties): shoal.SharePlace;

        /**
         * Encodes the specified SharePlace message. Does not implicitly {@link shoal.SharePlace.verify|verify} messages.
         * @param message SharePlace message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: shoal.SharePlace.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a SharePlace message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {shoal.SharePlace & shoal.SharePlace.$Shape} SharePlace
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): shoal.SharePlace & shoal.SharePlace.$Shape;

        /**
         * Gets the type url for SharePlace
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace SharePlace {

        /** Properties of a SharePlace. */
        interface $Properties {

            /** SharePlace node */
            node?: (string|null);

            /** SharePlace share */
            share?: (shoal.Share.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a SharePlace. */
        type $Shape = shoal.SharePlace.$Properties;
    }

    /**
     * Properties of a ReduceReply.
     * @deprecated Use shoal.ReduceReply.$Properties instead.
     */
    interface IReduceReply extends shoal.ReduceReply.$Properties {
    }

    /** Represents a ReduceReply. */
    class ReduceReply {

        /**
         * Constructs a new ReduceReply.
         * @param [properties] Properties to set
         */
        constructor(properties?: shoal.ReduceReply.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ReduceReply share. */
        share?: (shoal.Share.$Properties|null);

        /** ReduceReply error. */
        error: string;

        /**
         * Creates a new ReduceReply instance using the specified properties.
         * @param [properties] Properties to set
         * @returns ReduceReply instance
         */
        static create(properties: shoal.ReduceReply.$Shape): shoal.ReduceReply & shoal.ReduceReply.$Shape;
        static create(properties?: shoal.ReduceReply.$Properties): shoal.ReduceReply;

        /**
         * Encodes the specified ReduceReply message. Does not implicitly {@link shoal.ReduceReply.verify|verify} messages.
         * @param message ReduceReply message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: shoal.ReduceReply.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ReduceReply message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {shoal.ReduceReply & shoal.ReduceReply.$Shape} ReduceReply
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): shoal.ReduceReply & shoal.ReduceReply.$Shape;

        /**
         * Gets the type url for ReduceReply
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace ReduceReply {

        /** Properties of a ReduceReply. */
        interface $Properties {

            /** ReduceReply share */
            share?: (shoal.Share.$Properties|null);

            /** ReduceReply error */
            error?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ReduceReply. */
        type $Shape = shoal.ReduceReply.$Properties;
    }

    /**
     * Properties of a ControlReply.
     * @deprecated Use shoal.ControlReply.$Properties instead.
     */
    interface IControlReply extends shoal.ControlReply.$Properties {
    }

    /** Represents a ControlReply. */
    class ControlReply {

        /**
         * Constructs a new ControlReply.
         * @param [properties] Properties to set
         */
        constructor(properties?: shoal.ControlReply.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ControlReply heartbeat. */
        heartbeat?: (shoal.Heartbeat.$Properties|null);

        /**
         * Creates a new ControlReply instance using the specified properties.
         * @param [properties] Properties to set
         * @returns ControlReply instance
         */
        static create(properties: shoal.ControlReply.$Shape): shoal.ControlReply & shoal.ControlReply.$Shape;
        static create(properties?: shoal.ControlReply.$Properties): shoal.ControlReply;

        /**
         * Encodes the specified ControlReply message. Does not implicitly {@link shoal.ControlReply.verify|verify} messages.
         * @param message ControlReply message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: shoal.ControlReply.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ControlReply message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {shoal.ControlReply & shoal.ControlReply.$Shape} ControlReply
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): shoal.ControlReply & shoal.ControlReply.$Shape;

        /**
         * Gets the type url for ControlReply
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace ControlReply {

        /** Properties of a ControlReply. */
        interface $Properties {

            /** ControlReply heartbeat */
            heartbeat?: (shoal.Heartbeat.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ControlReply. */
        type $Shape = shoal.ControlReply.$Properties;
    }

    /**
     * Properties of a TaskError.
     * @deprecated Use shoal.TaskError.$Properties instead.
     */
    interface ITaskError extends shoal.TaskError.$Properties {
    }

    /** Represents a TaskError. */
    class TaskError {

        /**
         * Constructs a new TaskError.
         * @param [properties] Properties to set
         */
        constructor(properties?: shoal.TaskError.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** TaskError node. */
        node: string;

        /** TaskError attempt. */
        attempt: number;

        /** TaskError code. */
        code: string;

        /** TaskError message. */
        message: string;

        /** TaskError ms. */
        ms: number;

        /** TaskError path. */
        path: string;

        /**
         * Creates a new TaskError instance using the specified properties.
         * @param [properties] Properties to set
         * @returns TaskError instance
         */
        static create(properties: shoal.TaskError.$Shape): shoal.TaskError & shoal.TaskError.$Shape;
        static create(properties?: shoal.TaskError.$Properties): shoal.TaskError;

        /**
         * Encodes the specified TaskError message. Does not implicitly {@link shoal.TaskError.verify|verify} messages.
         * @param message TaskError message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: shoal.TaskError.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a TaskError message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {shoal.TaskError & shoal.TaskError.$Shape} TaskError
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): shoal.TaskError & shoal.TaskError.$Shape;

        /**
         * Gets the type url for TaskError
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace TaskError {

        /** Properties of a TaskError. */
        interface $Properties {

            /** TaskError node */
            node?: (string|null);

            /** TaskError attempt */
            attempt?: (number|null);

            /** TaskError code */
            code?: (string|null);

            /** TaskError message */
            message?: (string|null);

            /** TaskError ms */
            ms?: (number|null);

            /** TaskError path */
            path?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a TaskError. */
        type $Shape = shoal.TaskError.$Properties;
    }

    /**
     * Properties of a TaskCost.
     * @deprecated Use shoal.TaskCost.$Properties instead.
     */
    interface ITaskCost extends shoal.TaskCost.$Properties {
    }

    /** Represents a TaskCost. */
    class TaskCost {

        /**
         * Constructs a new TaskCost.
         * @param [properties] Properties to set
         */
        constructor(properties?: shoal.TaskCost.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** TaskCost fetchMs. */
        fetchMs: number;

        /** TaskCost storeMs. */
        storeMs: number;

        /** TaskCost cpuMs. */
        cpuMs: number;

        /** TaskCost fetchedBytes. */
        fetchedBytes: number;

        /** TaskCost storedBytes. */
        storedBytes: number;

        /**
         * Creates a new TaskCost instance using the specified properties.
         * @param [properties] Properties to set
         * @returns TaskCost instance
         */
        static create(properties: shoal.TaskCost.$Shape): shoal.TaskCost & shoal.TaskCost.$Shape;
        static create(properties?: shoal.TaskCost.$Properties): shoal.TaskCost;

        /**
         * Encodes the specified TaskCost message. Does not implicitly {@link shoal.TaskCost.verify|verify} messages.
         * @param message TaskCost message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: shoal.TaskCost.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a TaskCost message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {shoal.TaskCost & shoal.TaskCost.$Shape} TaskCost
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): shoal.TaskCost & shoal.TaskCost.$Shape;

        /**
         * Gets the type url for TaskCost
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace TaskCost {

        /** Properties of a TaskCost. */
        interface $Properties {

            /** TaskCost fetchMs */
            fetchMs?: (number|null);

            /** TaskCost storeMs */
            storeMs?: (number|null);

            /** TaskCost cpuMs */
            cpuMs?: (number|null);

            /** TaskCost fetchedBytes */
            fetchedBytes?: (number|null);

            /** TaskCost storedBytes */
            storedBytes?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a TaskCost. */
        type $Shape = shoal.TaskCost.$Properties;
    }

    /** TaskState enum. */
    enum TaskState {

        /** PENDING value */
        PENDING = 0,

        /** CLAIMED value */
        CLAIMED = 1,

        /** DONE value */
        DONE = 2,

        /** FAILED value */
        FAILED = 3
    }

    /**
     * Properties of a TaskCopy.
     * @deprecated Use shoal.TaskCopy.$Properties instead.
     */
    interface ITaskCopy extends shoal.TaskCopy.$Properties {
    }

    /** Represents a TaskCopy. */
    class TaskCopy {

        /**
         * Constructs a new TaskCopy.
         * @param [properties] Properties to set
         */
        constructor(properties?: shoal.TaskCopy.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** TaskCopy attempt. */
        attempt: number;

        /** TaskCopy node. */
        node: string;

        /** TaskCopy nonce. */
        nonce: string;

        /**
         * Creates a new TaskCopy instance using the specified properties.
         * @param [properties] Properties to set
         * @returns TaskCopy instance
         */
        static create(properties: shoal.TaskCopy.$Shape): shoal.TaskCopy & shoal.TaskCopy.$Shape;
        static create(properties?: shoal.TaskCopy.$Properties): shoal.TaskCopy;

        /**
         * Encodes the specified TaskCopy message. Does not implicitly {@link shoal.TaskCopy.verify|verify} messages.
         * @param message TaskCopy message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: shoal.TaskCopy.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a TaskCopy message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {shoal.TaskCopy & shoal.TaskCopy.$Shape} TaskCopy
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): shoal.TaskCopy & shoal.TaskCopy.$Shape;

        /**
         * Gets the type url for TaskCopy
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace TaskCopy {

        /** Properties of a TaskCopy. */
        interface $Properties {

            /** TaskCopy attempt */
            attempt?: (number|null);

            /** TaskCopy node */
            node?: (string|null);

            /** TaskCopy nonce */
            nonce?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a TaskCopy. */
        type $Shape = shoal.TaskCopy.$Properties;
    }

    /**
     * Properties of a TaskRecord.
     * @deprecated Use shoal.TaskRecord.$Properties instead.
     */
    interface ITaskRecord extends shoal.TaskRecord.$Properties {
    }

    /** Represents a TaskRecord. */
    class TaskRecord {

        /**
         * Constructs a new TaskRecord.
         * @param [properties] Properties to set
         */
        constructor(properties?: shoal.TaskRecord.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** TaskRecord minReader. */
        minReader: number;

        /** TaskRecord job. */
        job: string;

        /** TaskRecord task. */
        task: string;

        /** TaskRecord state. */
        state: shoal.TaskState;

        /** TaskRecord attempt. */
        attempt: number;

        /** TaskRecord node. */
        node: string;

        /** TaskRecord nonce. */
        nonce: string;

        /** TaskRecord result. */
        result: string;

        /** TaskRecord resultBytes. */
        resultBytes: number;

        /** TaskRecord computeMs. */
        computeMs: number;

        /** TaskRecord errors. */
        errors: shoal.TaskError.$Properties[];

        /** TaskRecord losses. */
        losses: number;

        /** TaskRecord isolated. */
        isolated: boolean;

        /** TaskRecord traceparent. */
        traceparent: string;

        /** TaskRecord term. */
        term: number;

        /** TaskRecord inlineResult. */
        inlineResult: Uint8Array;

        /** TaskRecord moves. */
        moves: number;

        /** TaskRecord note. */
        note: string;

        /** TaskRecord takenFrom. */
        takenFrom: string;

        /** TaskRecord takenFor. */
        takenFor: string;

        /** TaskRecord stalls. */
        stalls: number;

        /** TaskRecord copy. */
        copy?: (shoal.TaskCopy.$Properties|null);

        /** TaskRecord copies. */
        copies: number;

        /** TaskRecord promoted. */
        promoted: number;

        /** TaskRecord cost. */
        cost?: (shoal.TaskCost.$Properties|null);

        /** TaskRecord lostMs. */
        lostMs: number;

        /** TaskRecord plan. */
        plan: string;

        /**
         * Creates a new TaskRecord instance using the specified properties.
         * @param [properties] Properties to set
         * @returns TaskRecord instance
         */
        static create(properties: shoal.TaskRecord.$Shape): shoal.TaskRecord & shoal.TaskRecord.$Shape;
        static create(properties?: shoal.TaskRecord.$Properties): shoal.TaskRecord;

        /**
         * Encodes the specified TaskRecord message. Does not implicitly {@link shoal.TaskRecord.verify|verify} messages.
         * @param message TaskRecord message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: shoal.TaskRecord.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a TaskRecord message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {shoal.TaskRecord & shoal.TaskRecord.$Shape} TaskRecord
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): shoal.TaskRecord & shoal.TaskRecord.$Shape;

        /**
         * Gets the type url for TaskRecord
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace TaskRecord {

        /** Properties of a TaskRecord. */
        interface $Properties {

            /** TaskRecord minReader */
            minReader?: (number|null);

            /** TaskRecord job */
            job?: (string|null);

            /** TaskRecord task */
            task?: (string|null);

            /** TaskRecord state */
            state?: (shoal.TaskState|null);

            /** TaskRecord attempt */
            attempt?: (number|null);

            /** TaskRecord node */
            node?: (string|null);

            /** TaskRecord nonce */
            nonce?: (string|null);

            /** TaskRecord result */
            result?: (string|null);

            /** TaskRecord resultBytes */
            resultBytes?: (number|null);

            /** TaskRecord computeMs */
            computeMs?: (number|null);

            /** TaskRecord errors */
            errors?: (shoal.TaskError.$Properties[]|null);

            /** TaskRecord losses */
            losses?: (number|null);

            /** TaskRecord isolated */
            isolated?: (boolean|null);

            /** TaskRecord traceparent */
            traceparent?: (string|null);

            /** TaskRecord term */
            term?: (number|null);

            /** TaskRecord inlineResult */
            inlineResult?: (Uint8Array|null);

            /** TaskRecord moves */
            moves?: (number|null);

            /** TaskRecord note */
            note?: (string|null);

            /** TaskRecord takenFrom */
            takenFrom?: (string|null);

            /** TaskRecord takenFor */
            takenFor?: (string|null);

            /** TaskRecord stalls */
            stalls?: (number|null);

            /** TaskRecord copy */
            copy?: (shoal.TaskCopy.$Properties|null);

            /** TaskRecord copies */
            copies?: (number|null);

            /** TaskRecord promoted */
            promoted?: (number|null);

            /** TaskRecord cost */
            cost?: (shoal.TaskCost.$Properties|null);

            /** TaskRecord lostMs */
            lostMs?: (number|null);

            /** TaskRecord plan */
            plan?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a TaskRecord. */
        type $Shape = shoal.TaskRecord.$Properties;
    }

    /**
     * Properties of a RoundStateRecord.
     * @deprecated Use shoal.RoundStateRecord.$Properties instead.
     */
    interface IRoundStateRecord extends shoal.RoundStateRecord.$Properties {
    }

    /** Represents a RoundStateRecord. */
    class RoundStateRecord {

        /**
         * Constructs a new RoundStateRecord.
         * @param [properties] Properties to set
         */
        constructor(properties?: shoal.RoundStateRecord.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** RoundStateRecord minReader. */
        minReader: number;

        /** RoundStateRecord attempt. */
        attempt: number;

        /** RoundStateRecord node. */
        node: string;

        /** RoundStateRecord nonce. */
        nonce: string;

        /** RoundStateRecord round. */
        round: number;

        /** RoundStateRecord state. */
        state: string;

        /** RoundStateRecord size. */
        size: number;

        /** RoundStateRecord inline. */
        inline: Uint8Array;

        /** RoundStateRecord slot. */
        slot: number;

        /** RoundStateRecord chunks. */
        chunks: number;

        /** RoundStateRecord metrics. */
        metrics: string;

        /** RoundStateRecord writtenAtMs. */
        writtenAtMs: number;

        /** RoundStateRecord plan. */
        plan: string;

        /**
         * Creates a new RoundStateRecord instance using the specified properties.
         * @param [properties] Properties to set
         * @returns RoundStateRecord instance
         */
        static create(properties: shoal.RoundStateRecord.$Shape): shoal.RoundStateRecord & shoal.RoundStateRecord.$Shape;
        static create(properties?: shoal.RoundStateRecord.$Properties): shoal.RoundStateRecord;

        /**
         * Encodes the specified RoundStateRecord message. Does not implicitly {@link shoal.RoundStateRecord.verify|verify} messages.
         * @param message RoundStateRecord message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: shoal.RoundStateRecord.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a RoundStateRecord message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {shoal.RoundStateRecord & shoal.RoundStateRecord.$Shape} RoundStateRecord
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): shoal.RoundStateRecord & shoal.RoundStateRecord.$Shape;

        /**
         * Gets the type url for RoundStateRecord
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace RoundStateRecord {

        /** Properties of a RoundStateRecord. */
        interface $Properties {

            /** RoundStateRecord minReader */
            minReader?: (number|null);

            /** RoundStateRecord attempt */
            attempt?: (number|null);

            /** RoundStateRecord node */
            node?: (string|null);

            /** RoundStateRecord nonce */
            nonce?: (string|null);

            /** RoundStateRecord round */
            round?: (number|null);

            /** RoundStateRecord state */
            state?: (string|null);

            /** RoundStateRecord size */
            size?: (number|null);

            /** RoundStateRecord inline */
            inline?: (Uint8Array|null);

            /** RoundStateRecord slot */
            slot?: (number|null);

            /** RoundStateRecord chunks */
            chunks?: (number|null);

            /** RoundStateRecord metrics */
            metrics?: (string|null);

            /** RoundStateRecord writtenAtMs */
            writtenAtMs?: (number|null);

            /** RoundStateRecord plan */
            plan?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a RoundStateRecord. */
        type $Shape = shoal.RoundStateRecord.$Properties;
    }

    /**
     * Properties of an OutboxEvent.
     * @deprecated Use shoal.OutboxEvent.$Properties instead.
     */
    interface IOutboxEvent extends shoal.OutboxEvent.$Properties {
    }

    /** Represents an OutboxEvent. */
    class OutboxEvent {

        /**
         * Constructs a new OutboxEvent.
         * @param [properties] Properties to set
         */
        constructor(properties?: shoal.OutboxEvent.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** OutboxEvent n. */
        n: number;

        /** OutboxEvent kind. */
        kind: string;

        /** OutboxEvent json. */
        json: Uint8Array;

        /**
         * Creates a new OutboxEvent instance using the specified properties.
         * @param [properties] Properties to set
         * @returns OutboxEvent instance
         */
        static create(properties: shoal.OutboxEvent.$Shape): shoal.OutboxEvent & shoal.OutboxEvent.$Shape;
        static create(properties?: shoal.OutboxEvent.$Properties): shoal.OutboxEvent;

        /**
         * Encodes the specified OutboxEvent message. Does not implicitly {@link shoal.OutboxEvent.verify|verify} messages.
         * @param message OutboxEvent message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: shoal.OutboxEvent.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an OutboxEvent message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {shoal.OutboxEvent & shoal.OutboxEvent.$Shape} OutboxEvent
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): shoal.OutboxEvent & shoal.OutboxEvent.$Shape;

        /**
         * Gets the type url for OutboxEvent
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace OutboxEvent {

        /** Properties of an OutboxEvent. */
        interface $Properties {

            /** OutboxEvent n */
            n?: (number|null);

            /** OutboxEvent kind */
            kind?: (string|null);

            /** OutboxEvent json */
            json?: (Uint8Array|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an OutboxEvent. */
        type $Shape = shoal.OutboxEvent.$Properties;
    }

    /**
     * Properties of a StageInput.
     * @deprecated Use shoal.StageInput.$Properties instead.
     */
    interface IStageInput extends shoal.StageInput.$Properties {
    }

    /** Represents a StageInput. */
    class StageInput {

        /**
         * Constructs a new StageInput.
         * @param [properties] Properties to set
         */
        constructor(properties?: shoal.StageInput.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** StageInput stage. */
        stage: string;

        /** StageInput digest. */
        digest: string;

        /**
         * Creates a new StageInput instance using the specified properties.
         * @param [properties] Properties to set
         * @returns StageInput instance
         */
        static create(properties: shoal.StageInput.$Shape): shoal.StageInput & shoal.StageInput.$Shape;
        static create(properties?: shoal.StageInput.$Properties): shoal.StageInput;

        /**
         * Encodes the specified StageInput message. Does not implicitly {@link shoal.StageInput.verify|verify} messages.
         * @param message StageInput message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: shoal.StageInput.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a StageInput message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {shoal.StageInput & shoal.StageInput.$Shape} StageInput
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): shoal.StageInput & shoal.StageInput.$Shape;

        /**
         * Gets the type url for StageInput
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace StageInput {

        /** Properties of a StageInput. */
        interface $Properties {

            /** StageInput stage */
            stage?: (string|null);

            /** StageInput digest */
            digest?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a StageInput. */
        type $Shape = shoal.StageInput.$Properties;
    }

    /**
     * Properties of a JobRecord.
     * @deprecated Use shoal.JobRecord.$Properties instead.
     */
    interface IJobRecord extends shoal.JobRecord.$Properties {
    }

    /** Represents a JobRecord. */
    class JobRecord {

        /**
         * Constructs a new JobRecord.
         * @param [properties] Properties to set
         */
        constructor(properties?: shoal.JobRecord.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** JobRecord minReader. */
        minReader: number;

        /** JobRecord job. */
        job: string;

        /** JobRecord term. */
        term: number;

        /** JobRecord machine. */
        machine: string;

        /** JobRecord machineVersion. */
        machineVersion: number;

        /** JobRecord snapshot. */
        snapshot: string;

        /** JobRecord specDigest. */
        specDigest: string;

        /** JobRecord spec. */
        spec: string;

        /** JobRecord resolved. */
        resolved: string;

        /** JobRecord plan. */
        plan: string;

        /** JobRecord inputs. */
        inputs: shoal.StageInput.$Properties[];

        /** JobRecord events. */
        events: number;

        /** JobRecord lastHash. */
        lastHash: string;

        /** JobRecord outbox. */
        outbox: shoal.OutboxEvent.$Properties[];

        /** JobRecord acceptedAtMs. */
        acceptedAtMs: number;

        /** JobRecord finishedAtMs. */
        finishedAtMs: number;

        /** JobRecord traceparent. */
        traceparent: string;

        /** JobRecord reassigned. */
        reassigned: number;

        /** JobRecord attemptsMax. */
        attemptsMax: number;

        /** JobRecord moves. */
        moves: number;

        /** JobRecord result. */
        result: string;

        /** JobRecord traceClosed. */
        traceClosed: boolean;

        /** JobRecord submissionSeq. */
        submissionSeq: number;

        /** JobRecord commitsRefused. */
        commitsRefused: number;

        /** JobRecord told. */
        told: shoal.ToldTasks.$Properties[];

        /** JobRecord removing. */
        removing: boolean;

        /** JobRecord settings. */
        settings: string;

        /** JobRecord placedLocal. */
        placedLocal: number;

        /** JobRecord placedRemote. */
        placedRemote: number;

        /** JobRecord time. */
        time: shoal.StageTime.$Properties[];

        /** JobRecord pausedMs. */
        pausedMs: number;

        /**
         * Creates a new JobRecord instance using the specified properties.
         * @param [properties] Properties to set
         * @returns JobRecord instance
         */
        static create(properties: shoal.JobRecord.$Shape): shoal.JobRecord & shoal.JobRecord.$Shape;
        static create(properties?: shoal.JobRecord.$Properties): shoal.JobRecord;

        /**
         * Encodes the specified JobRecord message. Does not implicitly {@link shoal.JobRecord.verify|verify} messages.
         * @param message JobRecord message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: shoal.JobRecord.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a JobRecord message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {shoal.JobRecord & shoal.JobRecord.$Shape} JobRecord
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): shoal.JobRecord & shoal.JobRecord.$Shape;

        /**
         * Gets the type url for JobRecord
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace JobRecord {

        /** Properties of a JobRecord. */
        interface $Properties {

            /** JobRecord minReader */
            minReader?: (number|null);

            /** JobRecord job */
            job?: (string|null);

            /** JobRecord term */
            term?: (number|null);

            /** JobRecord machine */
            machine?: (string|null);

            /** JobRecord machineVersion */
            machineVersion?: (number|null);

            /** JobRecord snapshot */
            snapshot?: (string|null);

            /** JobRecord specDigest */
            specDigest?: (string|null);

            /** JobRecord spec */
            spec?: (string|null);

            /** JobRecord resolved */
            resolved?: (string|null);

            /** JobRecord plan */
            plan?: (string|null);

            /** JobRecord inputs */
            inputs?: (shoal.StageInput.$Properties[]|null);

            /** JobRecord events */
            events?: (number|null);

            /** JobRecord lastHash */
            lastHash?: (string|null);

            /** JobRecord outbox */
            outbox?: (shoal.OutboxEvent.$Properties[]|null);

            /** JobRecord acceptedAtMs */
            acceptedAtMs?: (number|null);

            /** JobRecord finishedAtMs */
            finishedAtMs?: (number|null);

            /** JobRecord traceparent */
            traceparent?: (string|null);

            /** JobRecord reassigned */
            reassigned?: (number|null);

            /** JobRecord attemptsMax */
            attemptsMax?: (number|null);

            /** JobRecord moves */
            moves?: (number|null);

            /** JobRecord result */
            result?: (string|null);

            /** JobRecord traceClosed */
            traceClosed?: (boolean|null);

            /** JobRecord submissionSeq */
            submissionSeq?: (number|null);

            /** JobRecord commitsRefused */
            commitsRefused?: (number|null);

            /** JobRecord told */
            told?: (shoal.ToldTasks.$Properties[]|null);

            /** JobRecord removing */
            removing?: (boolean|null);

            /** JobRecord settings */
            settings?: (string|null);

            /** JobRecord placedLocal */
            placedLocal?: (number|null);

            /** JobRecord placedRemote */
            placedRemote?: (number|null);

            /** JobRecord time */
            time?: (shoal.StageTime.$Properties[]|null);

            /** JobRecord pausedMs */
            pausedMs?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a JobRecord. */
        type $Shape = shoal.JobRecord.$Properties;
    }

    /**
     * Properties of a ToldTasks.
     * @deprecated Use shoal.ToldTasks.$Properties instead.
     */
    interface IToldTasks extends shoal.ToldTasks.$Properties {
    }

    /** Represents a ToldTasks. */
    class ToldTasks {

        /**
         * Constructs a new ToldTasks.
         * @param [properties] Properties to set
         */
        constructor(properties?: shoal.ToldTasks.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ToldTasks stage. */
        stage: string;

        /** ToldTasks runs. */
        runs: number[];

        /**
         * Creates a new ToldTasks instance using the specified properties.
         * @param [properties] Properties to set
         * @returns ToldTasks instance
         */
        static create(properties: shoal.ToldTasks.$Shape): shoal.ToldTasks & shoal.ToldTasks.$Shape;
        static create(properties?: shoal.ToldTasks.$Properties): shoal.ToldTasks;

        /**
         * Encodes the specified ToldTasks message. Does not implicitly {@link shoal.ToldTasks.verify|verify} messages.
         * @param message ToldTasks message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: shoal.ToldTasks.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ToldTasks message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {shoal.ToldTasks & shoal.ToldTasks.$Shape} ToldTasks
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): shoal.ToldTasks & shoal.ToldTasks.$Shape;

        /**
         * Gets the type url for ToldTasks
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace ToldTasks {

        /** Properties of a ToldTasks. */
        interface $Properties {

            /** ToldTasks stage */
            stage?: (string|null);

            /** ToldTasks runs */
            runs?: (number[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ToldTasks. */
        type $Shape = shoal.ToldTasks.$Properties;
    }

    /**
     * Properties of a StageTime.
     * @deprecated Use shoal.StageTime.$Properties instead.
     */
    interface IStageTime extends shoal.StageTime.$Properties {
    }

    /** Represents a StageTime. */
    class StageTime {

        /**
         * Constructs a new StageTime.
         * @param [properties] Properties to set
         */
        constructor(properties?: shoal.StageTime.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** StageTime stage. */
        stage: string;

        /** StageTime tasks. */
        tasks: number;

        /** StageTime computeMs. */
        computeMs: number;

        /** StageTime cpuMs. */
        cpuMs: number;

        /** StageTime fetchMs. */
        fetchMs: number;

        /** StageTime storeMs. */
        storeMs: number;

        /** StageTime fetchedBytes. */
        fetchedBytes: number;

        /** StageTime storedBytes. */
        storedBytes: number;

        /** StageTime wallMs. */
        wallMs: number;

        /** StageTime busyMs. */
        busyMs: number;

        /** StageTime slowestMs. */
        slowestMs: number;

        /** StageTime lost. */
        lost: number;

        /** StageTime lostMs. */
        lostMs: number;

        /** StageTime waitMs. */
        waitMs: number;

        /** StageTime closeMs. */
        closeMs: number;

        /**
         * Creates a new StageTime instance using the specified properties.
         * @param [properties] Properties to set
         * @returns StageTime instance
         */
        static create(properties: shoal.StageTime.$Shape): shoal.StageTime & shoal.StageTime.$Shape;
        static create(properties?: shoal.StageTime.$Properties): shoal.StageTime;

        /**
         * Encodes the specified StageTime message. Does not implicitly {@link shoal.StageTime.verify|verify} messages.
         * @param message StageTime message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: shoal.StageTime.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a StageTime message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {shoal.StageTime & shoal.StageTime.$Shape} StageTime
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): shoal.StageTime & shoal.StageTime.$Shape;

        /**
         * Gets the type url for StageTime
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace StageTime {

        /** Properties of a StageTime. */
        interface $Properties {

            /** StageTime stage */
            stage?: (string|null);

            /** StageTime tasks */
            tasks?: (number|null);

            /** StageTime computeMs */
            computeMs?: (number|null);

            /** StageTime cpuMs */
            cpuMs?: (number|null);

            /** StageTime fetchMs */
            fetchMs?: (number|null);

            /** StageTime storeMs */
            storeMs?: (number|null);

            /** StageTime fetchedBytes */
            fetchedBytes?: (number|null);

            /** StageTime storedBytes */
            storedBytes?: (number|null);

            /** StageTime wallMs */
            wallMs?: (number|null);

            /** StageTime busyMs */
            busyMs?: (number|null);

            /** StageTime slowestMs */
            slowestMs?: (number|null);

            /** StageTime lost */
            lost?: (number|null);

            /** StageTime lostMs */
            lostMs?: (number|null);

            /** StageTime waitMs */
            waitMs?: (number|null);

            /** StageTime closeMs */
            closeMs?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a StageTime. */
        type $Shape = shoal.StageTime.$Properties;
    }

    /**
     * Properties of a LeaseRecord.
     * @deprecated Use shoal.LeaseRecord.$Properties instead.
     */
    interface ILeaseRecord extends shoal.LeaseRecord.$Properties {
    }

    /** Represents a LeaseRecord. */
    class LeaseRecord {

        /**
         * Constructs a new LeaseRecord.
         * @param [properties] Properties to set
         */
        constructor(properties?: shoal.LeaseRecord.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** LeaseRecord minReader. */
        minReader: number;

        /** LeaseRecord node. */
        node: string;

        /** LeaseRecord nonce. */
        nonce: string;

        /** LeaseRecord term. */
        term: number;

        /** LeaseRecord renewals. */
        renewals: number;

        /** LeaseRecord released. */
        released: boolean;

        /**
         * Creates a new LeaseRecord instance using the specified properties.
         * @param [properties] Properties to set
         * @returns LeaseRecord instance
         */
        static create(properties: shoal.LeaseRecord.$Shape): shoal.LeaseRecord & shoal.LeaseRecord.$Shape;
        static create(properties?: shoal.LeaseRecord.$Properties): shoal.LeaseRecord;

        /**
         * Encodes the specified LeaseRecord message. Does not implicitly {@link shoal.LeaseRecord.verify|verify} messages.
         * @param message LeaseRecord message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: shoal.LeaseRecord.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a LeaseRecord message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {shoal.LeaseRecord & shoal.LeaseRecord.$Shape} LeaseRecord
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): shoal.LeaseRecord & shoal.LeaseRecord.$Shape;

        /**
         * Gets the type url for LeaseRecord
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace LeaseRecord {

        /** Properties of a LeaseRecord. */
        interface $Properties {

            /** LeaseRecord minReader */
            minReader?: (number|null);

            /** LeaseRecord node */
            node?: (string|null);

            /** LeaseRecord nonce */
            nonce?: (string|null);

            /** LeaseRecord term */
            term?: (number|null);

            /** LeaseRecord renewals */
            renewals?: (number|null);

            /** LeaseRecord released */
            released?: (boolean|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a LeaseRecord. */
        type $Shape = shoal.LeaseRecord.$Properties;
    }

    /**
     * Properties of a LayoutRecord.
     * @deprecated Use shoal.LayoutRecord.$Properties instead.
     */
    interface ILayoutRecord extends shoal.LayoutRecord.$Properties {
    }

    /** Represents a LayoutRecord. */
    class LayoutRecord {

        /**
         * Constructs a new LayoutRecord.
         * @param [properties] Properties to set
         */
        constructor(properties?: shoal.LayoutRecord.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** LayoutRecord minReader. */
        minReader: number;

        /** LayoutRecord cluster. */
        cluster: string;

        /** LayoutRecord layout. */
        layout: number;

        /**
         * Creates a new LayoutRecord instance using the specified properties.
         * @param [properties] Properties to set
         * @returns LayoutRecord instance
         */
        static create(properties: shoal.LayoutRecord.$Shape): shoal.LayoutRecord & shoal.LayoutRecord.$Shape;
        static create(properties?: shoal.LayoutRecord.$Properties): shoal.LayoutRecord;

        /**
         * Encodes the specified LayoutRecord message. Does not implicitly {@link shoal.LayoutRecord.verify|verify} messages.
         * @param message LayoutRecord message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: shoal.LayoutRecord.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a LayoutRecord message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {shoal.LayoutRecord & shoal.LayoutRecord.$Shape} LayoutRecord
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): shoal.LayoutRecord & shoal.LayoutRecord.$Shape;

        /**
         * Gets the type url for LayoutRecord
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace LayoutRecord {

        /** Properties of a LayoutRecord. */
        interface $Properties {

            /** LayoutRecord minReader */
            minReader?: (number|null);

            /** LayoutRecord cluster */
            cluster?: (string|null);

            /** LayoutRecord layout */
            layout?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a LayoutRecord. */
        type $Shape = shoal.LayoutRecord.$Properties;
    }

    /**
     * Properties of a BlobRecord.
     * @deprecated Use shoal.BlobRecord.$Properties instead.
     */
    interface IBlobRecord extends shoal.BlobRecord.$Properties {
    }

    /** Represents a BlobRecord. */
    class BlobRecord {

        /**
         * Constructs a new BlobRecord.
         * @param [properties] Properties to set
         */
        constructor(properties?: shoal.BlobRecord.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** BlobRecord minReader. */
        minReader: number;

        /** BlobRecord size. */
        size: number;

        /** BlobRecord chunks. */
        chunks: number;

        /** BlobRecord complete. */
        complete: boolean;

        /** BlobRecord lastUsedMs. */
        lastUsedMs: number;

        /** BlobRecord condemned. */
        condemned: boolean;

        /** BlobRecord purgeBelow. */
        purgeBelow: number;

        /** BlobRecord damaged. */
        damaged: boolean;

        /**
         * Creates a new BlobRecord instance using the specified properties.
         * @param [properties] Properties to set
         * @returns BlobRecord instance
         */
        static create(properties: shoal.BlobRecord.$Shape): shoal.BlobRecord & shoal.BlobRecord.$Shape;
        static create(properties?: shoal.BlobRecord.$Properties): shoal.BlobRecord;

        /**
         * Encodes the specified BlobRecord message. Does not implicitly {@link shoal.BlobRecord.verify|verify} messages.
         * @param message BlobRecord message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: shoal.BlobRecord.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a BlobRecord message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {shoal.BlobRecord & shoal.BlobRecord.$Shape} BlobRecord
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): shoal.BlobRecord & shoal.BlobRecord.$Shape;

        /**
         * Gets the type url for BlobRecord
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace BlobRecord {

        /** Properties of a BlobRecord. */
        interface $Properties {

            /** BlobRecord minReader */
            minReader?: (number|null);

            /** BlobRecord size */
            size?: (number|null);

            /** BlobRecord chunks */
            chunks?: (number|null);

            /** BlobRecord complete */
            complete?: (boolean|null);

            /** BlobRecord lastUsedMs */
            lastUsedMs?: (number|null);

            /** BlobRecord condemned */
            condemned?: (boolean|null);

            /** BlobRecord purgeBelow */
            purgeBelow?: (number|null);

            /** BlobRecord damaged */
            damaged?: (boolean|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a BlobRecord. */
        type $Shape = shoal.BlobRecord.$Properties;
    }

    /**
     * Properties of a DatasetVersion.
     * @deprecated Use shoal.DatasetVersion.$Properties instead.
     */
    interface IDatasetVersion extends shoal.DatasetVersion.$Properties {
    }

    /** Represents a DatasetVersion. */
    class DatasetVersion {

        /**
         * Constructs a new DatasetVersion.
         * @param [properties] Properties to set
         */
        constructor(properties?: shoal.DatasetVersion.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** DatasetVersion version. */
        version: number;

        /** DatasetVersion manifest. */
        manifest: string;

        /** DatasetVersion rows. */
        rows: number;

        /** DatasetVersion columns. */
        columns: number;

        /** DatasetVersion shards. */
        shards: number;

        /** DatasetVersion bytes. */
        bytes: number;

        /** DatasetVersion createdAtMs. */
        createdAtMs: number;

        /** DatasetVersion removed. */
        removed: boolean;

        /**
         * Creates a new DatasetVersion instance using the specified properties.
         * @param [properties] Properties to set
         * @returns DatasetVersion instance
         */
        static create(properties: shoal.DatasetVersion.$Shape): shoal.DatasetVersion & shoal.DatasetVersion.$Shape;
        static create(properties?: shoal.DatasetVersion.$Properties): shoal.DatasetVersion;

        /**
         * Encodes the specified DatasetVersion message. Does not implicitly {@link shoal.DatasetVersion.verify|verify} messages.
         * @param message DatasetVersion message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: shoal.DatasetVersion.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a DatasetVersion message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {shoal.DatasetVersion & shoal.DatasetVersion.$Shape} DatasetVersion
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): shoal.DatasetVersion & shoal.DatasetVersion.$Shape;

        /**
         * Gets the type url for DatasetVersion
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace DatasetVersion {

        /** Properties of a DatasetVersion. */
        interface $Properties {

            /** DatasetVersion version */
            version?: (number|null);

            /** DatasetVersion manifest */
            manifest?: (string|null);

            /** DatasetVersion rows */
            rows?: (number|null);

            /** DatasetVersion columns */
            columns?: (number|null);

            /** DatasetVersion shards */
            shards?: (number|null);

            /** DatasetVersion bytes */
            bytes?: (number|null);

            /** DatasetVersion createdAtMs */
            createdAtMs?: (number|null);

            /** DatasetVersion removed */
            removed?: (boolean|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a DatasetVersion. */
        type $Shape = shoal.DatasetVersion.$Properties;
    }

    /**
     * Properties of a DatasetRecord.
     * @deprecated Use shoal.DatasetRecord.$Properties instead.
     */
    interface IDatasetRecord extends shoal.DatasetRecord.$Properties {
    }

    /** Represents a DatasetRecord. */
    class DatasetRecord {

        /**
         * Constructs a new DatasetRecord.
         * @param [properties] Properties to set
         */
        constructor(properties?: shoal.DatasetRecord.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** DatasetRecord minReader. */
        minReader: number;

        /** DatasetRecord name. */
        name: string;

        /** DatasetRecord versions. */
        versions: shoal.DatasetVersion.$Properties[];

        /**
         * Creates a new DatasetRecord instance using the specified properties.
         * @param [properties] Properties to set
         * @returns DatasetRecord instance
         */
        static create(properties: shoal.DatasetRecord.$Shape): shoal.DatasetRecord & shoal.DatasetRecord.$Shape;
        static create(properties?: shoal.DatasetRecord.$Properties): shoal.DatasetRecord;

        /**
         * Encodes the specified DatasetRecord message. Does not implicitly {@link shoal.DatasetRecord.verify|verify} messages.
         * @param message DatasetRecord message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: shoal.DatasetRecord.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a DatasetRecord message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {shoal.DatasetRecord & shoal.DatasetRecord.$Shape} DatasetRecord
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): shoal.DatasetRecord & shoal.DatasetRecord.$Shape;

        /**
         * Gets the type url for DatasetRecord
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace DatasetRecord {

        /** Properties of a DatasetRecord. */
        interface $Properties {

            /** DatasetRecord minReader */
            minReader?: (number|null);

            /** DatasetRecord name */
            name?: (string|null);

            /** DatasetRecord versions */
            versions?: (shoal.DatasetVersion.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a DatasetRecord. */
        type $Shape = shoal.DatasetRecord.$Properties;
    }

    /**
     * Properties of a ModelVersion.
     * @deprecated Use shoal.ModelVersion.$Properties instead.
     */
    interface IModelVersion extends shoal.ModelVersion.$Properties {
    }

    /** Represents a ModelVersion. */
    class ModelVersion {

        /**
         * Constructs a new ModelVersion.
         * @param [properties] Properties to set
         */
        constructor(properties?: shoal.ModelVersion.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ModelVersion version. */
        version: number;

        /** ModelVersion digest. */
        digest: string;

        /** ModelVersion job. */
        job: string;

        /** ModelVersion learner. */
        learner: string;

        /** ModelVersion dataset. */
        dataset: string;

        /** ModelVersion kind. */
        kind: string;

        /** ModelVersion exactness. */
        exactness: string;

        /** ModelVersion provenance. */
        provenance: string;

        /** ModelVersion metrics. */
        metrics: string;

        /** ModelVersion bytes. */
        bytes: number;

        /** ModelVersion createdAtMs. */
        createdAtMs: number;

        /** ModelVersion removed. */
        removed: boolean;

        /** ModelVersion snapshotRound. */
        snapshotRound: number;

        /**
         * Creates a new ModelVersion instance using the specified properties.
         * @param [properties] Properties to set
         * @returns ModelVersion instance
         */
        static create(properties: shoal.ModelVersion.$Shape): shoal.ModelVersion & shoal.ModelVersion.$Shape;
        static create(properties?: shoal.ModelVersion.$Properties): shoal.ModelVersion;

        /**
         * Encodes the specified ModelVersion message. Does not implicitly {@link shoal.ModelVersion.verify|verify} messages.
         * @param message ModelVersion message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: shoal.ModelVersion.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ModelVersion message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {shoal.ModelVersion & shoal.ModelVersion.$Shape} ModelVersion
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): shoal.ModelVersion & shoal.ModelVersion.$Shape;

        /**
         * Gets the type url for ModelVersion
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace ModelVersion {

        /** Properties of a ModelVersion. */
        interface $Properties {

            /** ModelVersion version */
            version?: (number|null);

            /** ModelVersion digest */
            digest?: (string|null);

            /** ModelVersion job */
            job?: (string|null);

            /** ModelVersion learner */
            learner?: (string|null);

            /** ModelVersion dataset */
            dataset?: (string|null);

            /** ModelVersion kind */
            kind?: (string|null);

            /** ModelVersion exactness */
            exactness?: (string|null);

            /** ModelVersion provenance */
            provenance?: (string|null);

            /** ModelVersion metrics */
            metrics?: (string|null);

            /** ModelVersion bytes */
            bytes?: (number|null);

            /** ModelVersion createdAtMs */
            createdAtMs?: (number|null);

            /** ModelVersion removed */
            removed?: (boolean|null);

            /** ModelVersion snapshotRound */
            snapshotRound?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ModelVersion. */
        type $Shape = shoal.ModelVersion.$Properties;
    }

    /**
     * Properties of a ModelRecord.
     * @deprecated Use shoal.ModelRecord.$Properties instead.
     */
    interface IModelRecord extends shoal.ModelRecord.$Properties {
    }

    /** Represents a ModelRecord. */
    class ModelRecord {

        /**
         * Constructs a new ModelRecord.
         * @param [properties] Properties to set
         */
        constructor(properties?: shoal.ModelRecord.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ModelRecord minReader. */
        minReader: number;

        /** ModelRecord name. */
        name: string;

        /** ModelRecord versions. */
        versions: shoal.ModelVersion.$Properties[];

        /** ModelRecord live. */
        live: number;

        /**
         * Creates a new ModelRecord instance using the specified properties.
         * @param [properties] Properties to set
         * @returns ModelRecord instance
         */
        static create(properties: shoal.ModelRecord.$Shape): shoal.ModelRecord & shoal.ModelRecord.$Shape;
        static create(properties?: shoal.ModelRecord.$Properties): shoal.ModelRecord;

        /**
         * Encodes the specified ModelRecord message. Does not implicitly {@link shoal.ModelRecord.verify|verify} messages.
         * @param message ModelRecord message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: shoal.ModelRecord.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ModelRecord message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {shoal.ModelRecord & shoal.ModelRecord.$Shape} ModelRecord
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): shoal.ModelRecord & shoal.ModelRecord.$Shape;

        /**
         * Gets the type url for ModelRecord
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace ModelRecord {

        /** Properties of a ModelRecord. */
        interface $Properties {

            /** ModelRecord minReader */
            minReader?: (number|null);

            /** ModelRecord name */
            name?: (string|null);

            /** ModelRecord versions */
            versions?: (shoal.ModelVersion.$Properties[]|null);

            /** ModelRecord live */
            live?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ModelRecord. */
        type $Shape = shoal.ModelRecord.$Properties;
    }
}
