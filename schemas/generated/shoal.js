/*eslint-disable block-scoped-var, id-length, no-control-regex, no-magic-numbers, no-mixed-operators, no-prototype-builtins, no-redeclare, no-shadow, no-var, sort-vars, default-case, jsdoc/require-param*/
import $protobuf from "protobufjs/minimal.js";

// Common aliases
const $Reader = $protobuf.Reader, $Writer = $protobuf.Writer, $util = $protobuf.util;
const $Object = $util.global.Object, $undefined = $util.global.undefined, $Error = $util.global.Error, $RangeError = $util.global.RangeError;

// Exported root namespace
const $root = $protobuf.roots["default"] || ($protobuf.roots["default"] = {});

export const shoal = $root.shoal = (() => {

    /**
     * Namespace shoal.
     * @exports shoal
     * @namespace
     */
    const shoal = {};

    shoal.Envelope = (function() {

        /**
         * Properties of an Envelope.
         * @typedef {Object} shoal.Envelope.$Properties
         * @property {number|null} [version] Envelope version
         * @property {string|null} [kind] Envelope kind
         * @property {Uint8Array|null} [body] Envelope body
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of an Envelope.
         * @memberof shoal
         * @interface IEnvelope
         * @augments shoal.Envelope.$Properties
         * @deprecated Use shoal.Envelope.$Properties instead.
         */

        /**
         * Shape of an Envelope.
         * @typedef {shoal.Envelope.$Properties} shoal.Envelope.$Shape
         */

        /**
         * Constructs a new Envelope.
         * @memberof shoal
         * @classdesc Represents an Envelope.
         * @constructor
         * @param {shoal.Envelope.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Envelope = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Envelope version.
         * @member {number} version
         * @memberof shoal.Envelope
         * @instance
         */
        Envelope.prototype.version = 0;

        /**
         * Envelope kind.
         * @member {string} kind
         * @memberof shoal.Envelope
         * @instance
         */
        Envelope.prototype.kind = "";

        /**
         * Envelope body.
         * @member {Uint8Array} body
         * @memberof shoal.Envelope
         * @instance
         */
        Envelope.prototype.body = $util.newBuffer([]);

        /**
         * Creates a new Envelope instance using the specified properties.
         * @function create
         * @memberof shoal.Envelope
         * @static
         * @param {shoal.Envelope.$Properties=} [properties] Properties to set
         * @returns {shoal.Envelope} Envelope instance
         * @type {{
         *   (properties: shoal.Envelope.$Shape): shoal.Envelope & shoal.Envelope.$Shape;
         *   (properties?: shoal.Envelope.$Properties): shoal.Envelope;
         * }}
         */
        Envelope.create = function(properties) {
            return new Envelope(properties);
        };

        /**
         * Encodes the specified Envelope message. Does not implicitly {@link shoal.Envelope.verify|verify} messages.
         * @function encode
         * @memberof shoal.Envelope
         * @static
         * @param {shoal.Envelope.$Properties} message Envelope message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Envelope.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.version != null && $Object.hasOwnProperty.call(message, "version") && message.version !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.version);
            if (message.kind != null && $Object.hasOwnProperty.call(message, "kind") && message.kind !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.kind);
            if (message.body != null && $Object.hasOwnProperty.call(message, "body") && message.body.length)
                writer.uint32(/* id 3, wireType 2 =*/26).bytes(message.body);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes an Envelope message from the specified reader or buffer.
         * @function decode
         * @memberof shoal.Envelope
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {shoal.Envelope & shoal.Envelope.$Shape} Envelope
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Envelope.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.shoal.Envelope();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.version = value;
                        else
                            delete message.version;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.kind = value;
                        else
                            delete message.kind;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.body = value;
                        else
                            delete message.body;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for Envelope
         * @function getTypeUrl
         * @memberof shoal.Envelope
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        Envelope.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/shoal.Envelope";
        };

        return Envelope;
    })();

    shoal.Label = (function() {

        /**
         * Properties of a Label.
         * @typedef {Object} shoal.Label.$Properties
         * @property {string|null} [name] Label name
         * @property {string|null} [value] Label value
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Label.
         * @memberof shoal
         * @interface ILabel
         * @augments shoal.Label.$Properties
         * @deprecated Use shoal.Label.$Properties instead.
         */

        /**
         * Shape of a Label.
         * @typedef {shoal.Label.$Properties} shoal.Label.$Shape
         */

        /**
         * Constructs a new Label.
         * @memberof shoal
         * @classdesc Represents a Label.
         * @constructor
         * @param {shoal.Label.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Label = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Label name.
         * @member {string} name
         * @memberof shoal.Label
         * @instance
         */
        Label.prototype.name = "";

        /**
         * Label value.
         * @member {string} value
         * @memberof shoal.Label
         * @instance
         */
        Label.prototype.value = "";

        /**
         * Creates a new Label instance using the specified properties.
         * @function create
         * @memberof shoal.Label
         * @static
         * @param {shoal.Label.$Properties=} [properties] Properties to set
         * @returns {shoal.Label} Label instance
         * @type {{
         *   (properties: shoal.Label.$Shape): shoal.Label & shoal.Label.$Shape;
         *   (properties?: shoal.Label.$Properties): shoal.Label;
         * }}
         */
        Label.create = function(properties) {
            return new Label(properties);
        };

        /**
         * Encodes the specified Label message. Does not implicitly {@link shoal.Label.verify|verify} messages.
         * @function encode
         * @memberof shoal.Label
         * @static
         * @param {shoal.Label.$Properties} message Label message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Label.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.name);
            if (message.value != null && $Object.hasOwnProperty.call(message, "value") && message.value !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.value);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Label message from the specified reader or buffer.
         * @function decode
         * @memberof shoal.Label
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {shoal.Label & shoal.Label.$Shape} Label
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Label.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.shoal.Label();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.name = value;
                        else
                            delete message.name;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.value = value;
                        else
                            delete message.value;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for Label
         * @function getTypeUrl
         * @memberof shoal.Label
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        Label.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/shoal.Label";
        };

        return Label;
    })();

    shoal.Running = (function() {

        /**
         * Properties of a Running.
         * @typedef {Object} shoal.Running.$Properties
         * @property {string|null} [job] Running job
         * @property {string|null} [task] Running task
         * @property {number|null} [attempt] Running attempt
         * @property {number|null} [progress] Running progress
         * @property {number|null} [runningMs] Running runningMs
         * @property {shoal.RoundReport.$Properties|null} [round] Running round
         * @property {number|null} [cpuMs] Running cpuMs
         * @property {number|null} [fetchedBytes] Running fetchedBytes
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Running.
         * @memberof shoal
         * @interface IRunning
         * @augments shoal.Running.$Properties
         * @deprecated Use shoal.Running.$Properties instead.
         */

        /**
         * Shape of a Running.
         * @typedef {shoal.Running.$Properties} shoal.Running.$Shape
         */

        /**
         * Constructs a new Running.
         * @memberof shoal
         * @classdesc Represents a Running.
         * @constructor
         * @param {shoal.Running.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Running = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Running job.
         * @member {string} job
         * @memberof shoal.Running
         * @instance
         */
        Running.prototype.job = "";

        /**
         * Running task.
         * @member {string} task
         * @memberof shoal.Running
         * @instance
         */
        Running.prototype.task = "";

        /**
         * Running attempt.
         * @member {number} attempt
         * @memberof shoal.Running
         * @instance
         */
        Running.prototype.attempt = 0;

        /**
         * Running progress.
         * @member {number} progress
         * @memberof shoal.Running
         * @instance
         */
        Running.prototype.progress = 0;

        /**
         * Running runningMs.
         * @member {number} runningMs
         * @memberof shoal.Running
         * @instance
         */
        Running.prototype.runningMs = 0;

        /**
         * Running round.
         * @member {shoal.RoundReport.$Properties|null|undefined} round
         * @memberof shoal.Running
         * @instance
         */
        Running.prototype.round = null;

        /**
         * Running cpuMs.
         * @member {number} cpuMs
         * @memberof shoal.Running
         * @instance
         */
        Running.prototype.cpuMs = 0;

        /**
         * Running fetchedBytes.
         * @member {number} fetchedBytes
         * @memberof shoal.Running
         * @instance
         */
        Running.prototype.fetchedBytes = 0;

        /**
         * Creates a new Running instance using the specified properties.
         * @function create
         * @memberof shoal.Running
         * @static
         * @param {shoal.Running.$Properties=} [properties] Properties to set
         * @returns {shoal.Running} Running instance
         * @type {{
         *   (properties: shoal.Running.$Shape): shoal.Running & shoal.Running.$Shape;
         *   (properties?: shoal.Running.$Properties): shoal.Running;
         * }}
         */
        Running.create = function(properties) {
            return new Running(properties);
        };

        /**
         * Encodes the specified Running message. Does not implicitly {@link shoal.Running.verify|verify} messages.
         * @function encode
         * @memberof shoal.Running
         * @static
         * @param {shoal.Running.$Properties} message Running message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Running.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.job != null && $Object.hasOwnProperty.call(message, "job") && message.job !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.job);
            if (message.task != null && $Object.hasOwnProperty.call(message, "task") && message.task !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.task);
            if (message.attempt != null && $Object.hasOwnProperty.call(message, "attempt") && message.attempt !== 0)
                writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.attempt);
            if (message.progress != null && $Object.hasOwnProperty.call(message, "progress") && (typeof message.progress === "object" ? message.progress.low || message.progress.high : message.progress !== 0))
                writer.uint32(/* id 4, wireType 0 =*/32).uint64(message.progress);
            if (message.runningMs != null && $Object.hasOwnProperty.call(message, "runningMs") && message.runningMs !== 0)
                writer.uint32(/* id 5, wireType 0 =*/40).uint32(message.runningMs);
            if (message.round != null && $Object.hasOwnProperty.call(message, "round"))
                $root.shoal.RoundReport.encode(message.round, writer.uint32(/* id 6, wireType 2 =*/50).fork(), _depth + 1).ldelim();
            if (message.cpuMs != null && $Object.hasOwnProperty.call(message, "cpuMs") && (typeof message.cpuMs === "object" ? message.cpuMs.low || message.cpuMs.high : message.cpuMs !== 0))
                writer.uint32(/* id 30, wireType 0 =*/240).uint64(message.cpuMs);
            if (message.fetchedBytes != null && $Object.hasOwnProperty.call(message, "fetchedBytes") && (typeof message.fetchedBytes === "object" ? message.fetchedBytes.low || message.fetchedBytes.high : message.fetchedBytes !== 0))
                writer.uint32(/* id 31, wireType 0 =*/248).uint64(message.fetchedBytes);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Running message from the specified reader or buffer.
         * @function decode
         * @memberof shoal.Running
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {shoal.Running & shoal.Running.$Shape} Running
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Running.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.shoal.Running();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.job = value;
                        else
                            delete message.job;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.task = value;
                        else
                            delete message.task;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.attempt = value;
                        else
                            delete message.attempt;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.progress = value;
                        else
                            delete message.progress;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.runningMs = value;
                        else
                            delete message.runningMs;
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        message.round = $root.shoal.RoundReport.decode(reader, reader.size(), $undefined, _depth + 1, message.round);
                        continue;
                    }
                case 30: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.cpuMs = value;
                        else
                            delete message.cpuMs;
                        continue;
                    }
                case 31: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.fetchedBytes = value;
                        else
                            delete message.fetchedBytes;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for Running
         * @function getTypeUrl
         * @memberof shoal.Running
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        Running.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/shoal.Running";
        };

        return Running;
    })();

    shoal.RoundReport = (function() {

        /**
         * Properties of a RoundReport.
         * @typedef {Object} shoal.RoundReport.$Properties
         * @property {number|null} [round] RoundReport round
         * @property {string|null} [metrics] RoundReport metrics
         * @property {number|null} [bytes] RoundReport bytes
         * @property {number|null} [totalMs] RoundReport totalMs
         * @property {number|null} [waitMs] RoundReport waitMs
         * @property {number|null} [closeMs] RoundReport closeMs
         * @property {string|null} [slowest] RoundReport slowest
         * @property {number|null} [slowestMs] RoundReport slowestMs
         * @property {Array.<number>|null} [missing] RoundReport missing
         * @property {string|null} [waitingFor] RoundReport waitingFor
         * @property {number|null} [openMs] RoundReport openMs
         * @property {string|null} [inputs] RoundReport inputs
         * @property {number|null} [checkpoint] RoundReport checkpoint
         * @property {number|null} [exchangeP95Ms] RoundReport exchangeP95Ms
         * @property {number|null} [slowestTotalMs] RoundReport slowestTotalMs
         * @property {number|null} [roundP95Ms] RoundReport roundP95Ms
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a RoundReport.
         * @memberof shoal
         * @interface IRoundReport
         * @augments shoal.RoundReport.$Properties
         * @deprecated Use shoal.RoundReport.$Properties instead.
         */

        /**
         * Shape of a RoundReport.
         * @typedef {shoal.RoundReport.$Properties} shoal.RoundReport.$Shape
         */

        /**
         * Constructs a new RoundReport.
         * @memberof shoal
         * @classdesc Represents a RoundReport.
         * @constructor
         * @param {shoal.RoundReport.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const RoundReport = function (properties) {
            this.missing = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * RoundReport round.
         * @member {number} round
         * @memberof shoal.RoundReport
         * @instance
         */
        RoundReport.prototype.round = 0;

        /**
         * RoundReport metrics.
         * @member {string} metrics
         * @memberof shoal.RoundReport
         * @instance
         */
        RoundReport.prototype.metrics = "";

        /**
         * RoundReport bytes.
         * @member {number} bytes
         * @memberof shoal.RoundReport
         * @instance
         */
        RoundReport.prototype.bytes = 0;

        /**
         * RoundReport totalMs.
         * @member {number} totalMs
         * @memberof shoal.RoundReport
         * @instance
         */
        RoundReport.prototype.totalMs = 0;

        /**
         * RoundReport waitMs.
         * @member {number} waitMs
         * @memberof shoal.RoundReport
         * @instance
         */
        RoundReport.prototype.waitMs = 0;

        /**
         * RoundReport closeMs.
         * @member {number} closeMs
         * @memberof shoal.RoundReport
         * @instance
         */
        RoundReport.prototype.closeMs = 0;

        /**
         * RoundReport slowest.
         * @member {string} slowest
         * @memberof shoal.RoundReport
         * @instance
         */
        RoundReport.prototype.slowest = "";

        /**
         * RoundReport slowestMs.
         * @member {number} slowestMs
         * @memberof shoal.RoundReport
         * @instance
         */
        RoundReport.prototype.slowestMs = 0;

        /**
         * RoundReport missing.
         * @member {Array.<number>} missing
         * @memberof shoal.RoundReport
         * @instance
         */
        RoundReport.prototype.missing = $util.emptyArray;

        /**
         * RoundReport waitingFor.
         * @member {string} waitingFor
         * @memberof shoal.RoundReport
         * @instance
         */
        RoundReport.prototype.waitingFor = "";

        /**
         * RoundReport openMs.
         * @member {number} openMs
         * @memberof shoal.RoundReport
         * @instance
         */
        RoundReport.prototype.openMs = 0;

        /**
         * RoundReport inputs.
         * @member {string} inputs
         * @memberof shoal.RoundReport
         * @instance
         */
        RoundReport.prototype.inputs = "";

        /**
         * RoundReport checkpoint.
         * @member {number} checkpoint
         * @memberof shoal.RoundReport
         * @instance
         */
        RoundReport.prototype.checkpoint = 0;

        /**
         * RoundReport exchangeP95Ms.
         * @member {number} exchangeP95Ms
         * @memberof shoal.RoundReport
         * @instance
         */
        RoundReport.prototype.exchangeP95Ms = 0;

        /**
         * RoundReport slowestTotalMs.
         * @member {number} slowestTotalMs
         * @memberof shoal.RoundReport
         * @instance
         */
        RoundReport.prototype.slowestTotalMs = 0;

        /**
         * RoundReport roundP95Ms.
         * @member {number} roundP95Ms
         * @memberof shoal.RoundReport
         * @instance
         */
        RoundReport.prototype.roundP95Ms = 0;

        /**
         * Creates a new RoundReport instance using the specified properties.
         * @function create
         * @memberof shoal.RoundReport
         * @static
         * @param {shoal.RoundReport.$Properties=} [properties] Properties to set
         * @returns {shoal.RoundReport} RoundReport instance
         * @type {{
         *   (properties: shoal.RoundReport.$Shape): shoal.RoundReport & shoal.RoundReport.$Shape;
         *   (properties?: shoal.RoundReport.$Properties): shoal.RoundReport;
         * }}
         */
        RoundReport.create = function(properties) {
            return new RoundReport(properties);
        };

        /**
         * Encodes the specified RoundReport message. Does not implicitly {@link shoal.RoundReport.verify|verify} messages.
         * @function encode
         * @memberof shoal.RoundReport
         * @static
         * @param {shoal.RoundReport.$Properties} message RoundReport message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        RoundReport.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.round != null && $Object.hasOwnProperty.call(message, "round") && message.round !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.round);
            if (message.metrics != null && $Object.hasOwnProperty.call(message, "metrics") && message.metrics !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.metrics);
            if (message.bytes != null && $Object.hasOwnProperty.call(message, "bytes") && (typeof message.bytes === "object" ? message.bytes.low || message.bytes.high : message.bytes !== 0))
                writer.uint32(/* id 3, wireType 0 =*/24).uint64(message.bytes);
            if (message.totalMs != null && $Object.hasOwnProperty.call(message, "totalMs") && (typeof message.totalMs === "object" ? message.totalMs.low || message.totalMs.high : message.totalMs !== 0))
                writer.uint32(/* id 4, wireType 0 =*/32).uint64(message.totalMs);
            if (message.waitMs != null && $Object.hasOwnProperty.call(message, "waitMs") && (typeof message.waitMs === "object" ? message.waitMs.low || message.waitMs.high : message.waitMs !== 0))
                writer.uint32(/* id 5, wireType 0 =*/40).uint64(message.waitMs);
            if (message.closeMs != null && $Object.hasOwnProperty.call(message, "closeMs") && (typeof message.closeMs === "object" ? message.closeMs.low || message.closeMs.high : message.closeMs !== 0))
                writer.uint32(/* id 6, wireType 0 =*/48).uint64(message.closeMs);
            if (message.slowest != null && $Object.hasOwnProperty.call(message, "slowest") && message.slowest !== "")
                writer.uint32(/* id 7, wireType 2 =*/58).string(message.slowest);
            if (message.slowestMs != null && $Object.hasOwnProperty.call(message, "slowestMs") && message.slowestMs !== 0)
                writer.uint32(/* id 8, wireType 0 =*/64).uint32(message.slowestMs);
            if (message.missing != null && message.missing.length)
                writer.uint32(/* id 9, wireType 2 =*/74).uint32s(message.missing);
            if (message.waitingFor != null && $Object.hasOwnProperty.call(message, "waitingFor") && message.waitingFor !== "")
                writer.uint32(/* id 10, wireType 2 =*/82).string(message.waitingFor);
            if (message.openMs != null && $Object.hasOwnProperty.call(message, "openMs") && message.openMs !== 0)
                writer.uint32(/* id 11, wireType 0 =*/88).uint32(message.openMs);
            if (message.inputs != null && $Object.hasOwnProperty.call(message, "inputs") && message.inputs !== "")
                writer.uint32(/* id 12, wireType 2 =*/98).string(message.inputs);
            if (message.checkpoint != null && $Object.hasOwnProperty.call(message, "checkpoint") && message.checkpoint !== 0)
                writer.uint32(/* id 13, wireType 0 =*/104).uint32(message.checkpoint);
            if (message.exchangeP95Ms != null && $Object.hasOwnProperty.call(message, "exchangeP95Ms") && !$Object.is(message.exchangeP95Ms, 0))
                writer.uint32(/* id 14, wireType 1 =*/113).double(message.exchangeP95Ms);
            if (message.roundP95Ms != null && $Object.hasOwnProperty.call(message, "roundP95Ms") && !$Object.is(message.roundP95Ms, 0))
                writer.uint32(/* id 20, wireType 1 =*/161).double(message.roundP95Ms);
            if (message.slowestTotalMs != null && $Object.hasOwnProperty.call(message, "slowestTotalMs") && (typeof message.slowestTotalMs === "object" ? message.slowestTotalMs.low || message.slowestTotalMs.high : message.slowestTotalMs !== 0))
                writer.uint32(/* id 30, wireType 0 =*/240).uint64(message.slowestTotalMs);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a RoundReport message from the specified reader or buffer.
         * @function decode
         * @memberof shoal.RoundReport
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {shoal.RoundReport & shoal.RoundReport.$Shape} RoundReport
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        RoundReport.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.shoal.RoundReport();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.round = value;
                        else
                            delete message.round;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.metrics = value;
                        else
                            delete message.metrics;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.bytes = value;
                        else
                            delete message.bytes;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.totalMs = value;
                        else
                            delete message.totalMs;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.waitMs = value;
                        else
                            delete message.waitMs;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.closeMs = value;
                        else
                            delete message.closeMs;
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.slowest = value;
                        else
                            delete message.slowest;
                        continue;
                    }
                case 8: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.slowestMs = value;
                        else
                            delete message.slowestMs;
                        continue;
                    }
                case 9: {
                        if (wireType === 2) {
                            if (!(message.missing && message.missing.length))
                                message.missing = [];
                            reader.uint32s(message.missing);
                            continue;
                        }
                        if (wireType !== 0)
                            break;
                        if (!(message.missing && message.missing.length))
                            message.missing = [];
                        message.missing.push(reader.uint32());
                        continue;
                    }
                case 10: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.waitingFor = value;
                        else
                            delete message.waitingFor;
                        continue;
                    }
                case 11: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.openMs = value;
                        else
                            delete message.openMs;
                        continue;
                    }
                case 12: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.inputs = value;
                        else
                            delete message.inputs;
                        continue;
                    }
                case 13: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.checkpoint = value;
                        else
                            delete message.checkpoint;
                        continue;
                    }
                case 14: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.exchangeP95Ms = value;
                        else
                            delete message.exchangeP95Ms;
                        continue;
                    }
                case 30: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.slowestTotalMs = value;
                        else
                            delete message.slowestTotalMs;
                        continue;
                    }
                case 20: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.roundP95Ms = value;
                        else
                            delete message.roundP95Ms;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for RoundReport
         * @function getTypeUrl
         * @memberof shoal.RoundReport
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        RoundReport.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/shoal.RoundReport";
        };

        return RoundReport;
    })();

    shoal.Heartbeat = (function() {

        /**
         * Properties of a Heartbeat.
         * @typedef {Object} shoal.Heartbeat.$Properties
         * @property {string|null} [node] Heartbeat node
         * @property {string|null} [nonce] Heartbeat nonce
         * @property {string|null} [role] Heartbeat role
         * @property {number|null} [seq] Heartbeat seq
         * @property {number|null} [intervalMs] Heartbeat intervalMs
         * @property {number|null} [slots] Heartbeat slots
         * @property {Array.<shoal.Running.$Properties>|null} [running] Heartbeat running
         * @property {number|null} [queued] Heartbeat queued
         * @property {number|null} [memoryBytes] Heartbeat memoryBytes
         * @property {number|null} [residentBytes] Heartbeat residentBytes
         * @property {number|null} [loopLagMs] Heartbeat loopLagMs
         * @property {string|null} [version] Heartbeat version
         * @property {Array.<string>|null} [learners] Heartbeat learners
         * @property {Array.<shoal.Label.$Properties>|null} [labels] Heartbeat labels
         * @property {boolean|null} [draining] Heartbeat draining
         * @property {boolean|null} [leaving] Heartbeat leaving
         * @property {number|null} [tasksDone] Heartbeat tasksDone
         * @property {number|null} [commitsRefused] Heartbeat commitsRefused
         * @property {string|null} [host] Heartbeat host
         * @property {Array.<string>|null} [held] Heartbeat held
         * @property {number|null} [uptimeMs] Heartbeat uptimeMs
         * @property {number|null} [term] Heartbeat term
         * @property {number|null} [pid] Heartbeat pid
         * @property {boolean|null} [copies] Heartbeat copies
         * @property {Array.<shoal.HoldPace.$Properties>|null} [paces] Heartbeat paces
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Heartbeat.
         * @memberof shoal
         * @interface IHeartbeat
         * @augments shoal.Heartbeat.$Properties
         * @deprecated Use shoal.Heartbeat.$Properties instead.
         */

        /**
         * Shape of a Heartbeat.
         * @typedef {shoal.Heartbeat.$Properties} shoal.Heartbeat.$Shape
         */

        /**
         * Constructs a new Heartbeat.
         * @memberof shoal
         * @classdesc Represents a Heartbeat.
         * @constructor
         * @param {shoal.Heartbeat.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Heartbeat = function (properties) {
            this.running = [];
            this.learners = [];
            this.labels = [];
            this.held = [];
            this.paces = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Heartbeat node.
         * @member {string} node
         * @memberof shoal.Heartbeat
         * @instance
         */
        Heartbeat.prototype.node = "";

        /**
         * Heartbeat nonce.
         * @member {string} nonce
         * @memberof shoal.Heartbeat
         * @instance
         */
        Heartbeat.prototype.nonce = "";

        /**
         * Heartbeat role.
         * @member {string} role
         * @memberof shoal.Heartbeat
         * @instance
         */
        Heartbeat.prototype.role = "";

        /**
         * Heartbeat seq.
         * @member {number} seq
         * @memberof shoal.Heartbeat
         * @instance
         */
        Heartbeat.prototype.seq = 0;

        /**
         * Heartbeat intervalMs.
         * @member {number} intervalMs
         * @memberof shoal.Heartbeat
         * @instance
         */
        Heartbeat.prototype.intervalMs = 0;

        /**
         * Heartbeat slots.
         * @member {number} slots
         * @memberof shoal.Heartbeat
         * @instance
         */
        Heartbeat.prototype.slots = 0;

        /**
         * Heartbeat running.
         * @member {Array.<shoal.Running.$Properties>} running
         * @memberof shoal.Heartbeat
         * @instance
         */
        Heartbeat.prototype.running = $util.emptyArray;

        /**
         * Heartbeat queued.
         * @member {number} queued
         * @memberof shoal.Heartbeat
         * @instance
         */
        Heartbeat.prototype.queued = 0;

        /**
         * Heartbeat memoryBytes.
         * @member {number} memoryBytes
         * @memberof shoal.Heartbeat
         * @instance
         */
        Heartbeat.prototype.memoryBytes = 0;

        /**
         * Heartbeat residentBytes.
         * @member {number} residentBytes
         * @memberof shoal.Heartbeat
         * @instance
         */
        Heartbeat.prototype.residentBytes = 0;

        /**
         * Heartbeat loopLagMs.
         * @member {number} loopLagMs
         * @memberof shoal.Heartbeat
         * @instance
         */
        Heartbeat.prototype.loopLagMs = 0;

        /**
         * Heartbeat version.
         * @member {string} version
         * @memberof shoal.Heartbeat
         * @instance
         */
        Heartbeat.prototype.version = "";

        /**
         * Heartbeat learners.
         * @member {Array.<string>} learners
         * @memberof shoal.Heartbeat
         * @instance
         */
        Heartbeat.prototype.learners = $util.emptyArray;

        /**
         * Heartbeat labels.
         * @member {Array.<shoal.Label.$Properties>} labels
         * @memberof shoal.Heartbeat
         * @instance
         */
        Heartbeat.prototype.labels = $util.emptyArray;

        /**
         * Heartbeat draining.
         * @member {boolean} draining
         * @memberof shoal.Heartbeat
         * @instance
         */
        Heartbeat.prototype.draining = false;

        /**
         * Heartbeat leaving.
         * @member {boolean} leaving
         * @memberof shoal.Heartbeat
         * @instance
         */
        Heartbeat.prototype.leaving = false;

        /**
         * Heartbeat tasksDone.
         * @member {number} tasksDone
         * @memberof shoal.Heartbeat
         * @instance
         */
        Heartbeat.prototype.tasksDone = 0;

        /**
         * Heartbeat commitsRefused.
         * @member {number} commitsRefused
         * @memberof shoal.Heartbeat
         * @instance
         */
        Heartbeat.prototype.commitsRefused = 0;

        /**
         * Heartbeat host.
         * @member {string} host
         * @memberof shoal.Heartbeat
         * @instance
         */
        Heartbeat.prototype.host = "";

        /**
         * Heartbeat held.
         * @member {Array.<string>} held
         * @memberof shoal.Heartbeat
         * @instance
         */
        Heartbeat.prototype.held = $util.emptyArray;

        /**
         * Heartbeat uptimeMs.
         * @member {number} uptimeMs
         * @memberof shoal.Heartbeat
         * @instance
         */
        Heartbeat.prototype.uptimeMs = 0;

        /**
         * Heartbeat term.
         * @member {number} term
         * @memberof shoal.Heartbeat
         * @instance
         */
        Heartbeat.prototype.term = 0;

        /**
         * Heartbeat pid.
         * @member {number} pid
         * @memberof shoal.Heartbeat
         * @instance
         */
        Heartbeat.prototype.pid = 0;

        /**
         * Heartbeat copies.
         * @member {boolean} copies
         * @memberof shoal.Heartbeat
         * @instance
         */
        Heartbeat.prototype.copies = false;

        /**
         * Heartbeat paces.
         * @member {Array.<shoal.HoldPace.$Properties>} paces
         * @memberof shoal.Heartbeat
         * @instance
         */
        Heartbeat.prototype.paces = $util.emptyArray;

        /**
         * Creates a new Heartbeat instance using the specified properties.
         * @function create
         * @memberof shoal.Heartbeat
         * @static
         * @param {shoal.Heartbeat.$Properties=} [properties] Properties to set
         * @returns {shoal.Heartbeat} Heartbeat instance
         * @type {{
         *   (properties: shoal.Heartbeat.$Shape): shoal.Heartbeat & shoal.Heartbeat.$Shape;
         *   (properties?: shoal.Heartbeat.$Properties): shoal.Heartbeat;
         * }}
         */
        Heartbeat.create = function(properties) {
            return new Heartbeat(properties);
        };

        /**
         * Encodes the specified Heartbeat message. Does not implicitly {@link shoal.Heartbeat.verify|verify} messages.
         * @function encode
         * @memberof shoal.Heartbeat
         * @static
         * @param {shoal.Heartbeat.$Properties} message Heartbeat message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Heartbeat.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.node != null && $Object.hasOwnProperty.call(message, "node") && message.node !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.node);
            if (message.nonce != null && $Object.hasOwnProperty.call(message, "nonce") && message.nonce !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.nonce);
            if (message.role != null && $Object.hasOwnProperty.call(message, "role") && message.role !== "")
                writer.uint32(/* id 3, wireType 2 =*/26).string(message.role);
            if (message.seq != null && $Object.hasOwnProperty.call(message, "seq") && (typeof message.seq === "object" ? message.seq.low || message.seq.high : message.seq !== 0))
                writer.uint32(/* id 4, wireType 0 =*/32).uint64(message.seq);
            if (message.intervalMs != null && $Object.hasOwnProperty.call(message, "intervalMs") && message.intervalMs !== 0)
                writer.uint32(/* id 5, wireType 0 =*/40).uint32(message.intervalMs);
            if (message.slots != null && $Object.hasOwnProperty.call(message, "slots") && message.slots !== 0)
                writer.uint32(/* id 6, wireType 0 =*/48).uint32(message.slots);
            if (message.running != null && message.running.length)
                for (let i = 0; i < message.running.length; ++i)
                    $root.shoal.Running.encode(message.running[i], writer.uint32(/* id 7, wireType 2 =*/58).fork(), _depth + 1).ldelim();
            if (message.queued != null && $Object.hasOwnProperty.call(message, "queued") && message.queued !== 0)
                writer.uint32(/* id 8, wireType 0 =*/64).uint32(message.queued);
            if (message.memoryBytes != null && $Object.hasOwnProperty.call(message, "memoryBytes") && (typeof message.memoryBytes === "object" ? message.memoryBytes.low || message.memoryBytes.high : message.memoryBytes !== 0))
                writer.uint32(/* id 9, wireType 0 =*/72).uint64(message.memoryBytes);
            if (message.residentBytes != null && $Object.hasOwnProperty.call(message, "residentBytes") && (typeof message.residentBytes === "object" ? message.residentBytes.low || message.residentBytes.high : message.residentBytes !== 0))
                writer.uint32(/* id 10, wireType 0 =*/80).uint64(message.residentBytes);
            if (message.loopLagMs != null && $Object.hasOwnProperty.call(message, "loopLagMs") && !$Object.is(message.loopLagMs, 0))
                writer.uint32(/* id 11, wireType 1 =*/89).double(message.loopLagMs);
            if (message.version != null && $Object.hasOwnProperty.call(message, "version") && message.version !== "")
                writer.uint32(/* id 12, wireType 2 =*/98).string(message.version);
            if (message.learners != null && message.learners.length)
                for (let i = 0; i < message.learners.length; ++i)
                    writer.uint32(/* id 13, wireType 2 =*/106).string(message.learners[i]);
            if (message.labels != null && message.labels.length)
                for (let i = 0; i < message.labels.length; ++i)
                    $root.shoal.Label.encode(message.labels[i], writer.uint32(/* id 14, wireType 2 =*/114).fork(), _depth + 1).ldelim();
            if (message.draining != null && $Object.hasOwnProperty.call(message, "draining") && message.draining !== false)
                writer.uint32(/* id 15, wireType 0 =*/120).bool(message.draining);
            if (message.leaving != null && $Object.hasOwnProperty.call(message, "leaving") && message.leaving !== false)
                writer.uint32(/* id 16, wireType 0 =*/128).bool(message.leaving);
            if (message.tasksDone != null && $Object.hasOwnProperty.call(message, "tasksDone") && (typeof message.tasksDone === "object" ? message.tasksDone.low || message.tasksDone.high : message.tasksDone !== 0))
                writer.uint32(/* id 17, wireType 0 =*/136).uint64(message.tasksDone);
            if (message.commitsRefused != null && $Object.hasOwnProperty.call(message, "commitsRefused") && (typeof message.commitsRefused === "object" ? message.commitsRefused.low || message.commitsRefused.high : message.commitsRefused !== 0))
                writer.uint32(/* id 18, wireType 0 =*/144).uint64(message.commitsRefused);
            if (message.host != null && $Object.hasOwnProperty.call(message, "host") && message.host !== "")
                writer.uint32(/* id 19, wireType 2 =*/154).string(message.host);
            if (message.held != null && message.held.length)
                for (let i = 0; i < message.held.length; ++i)
                    writer.uint32(/* id 20, wireType 2 =*/162).string(message.held[i]);
            if (message.uptimeMs != null && $Object.hasOwnProperty.call(message, "uptimeMs") && (typeof message.uptimeMs === "object" ? message.uptimeMs.low || message.uptimeMs.high : message.uptimeMs !== 0))
                writer.uint32(/* id 21, wireType 0 =*/168).uint64(message.uptimeMs);
            if (message.term != null && $Object.hasOwnProperty.call(message, "term") && (typeof message.term === "object" ? message.term.low || message.term.high : message.term !== 0))
                writer.uint32(/* id 22, wireType 0 =*/176).uint64(message.term);
            if (message.pid != null && $Object.hasOwnProperty.call(message, "pid") && message.pid !== 0)
                writer.uint32(/* id 23, wireType 0 =*/184).uint32(message.pid);
            if (message.copies != null && $Object.hasOwnProperty.call(message, "copies") && message.copies !== false)
                writer.uint32(/* id 30, wireType 0 =*/240).bool(message.copies);
            if (message.paces != null && message.paces.length)
                for (let i = 0; i < message.paces.length; ++i)
                    $root.shoal.HoldPace.encode(message.paces[i], writer.uint32(/* id 34, wireType 2 =*/274).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Heartbeat message from the specified reader or buffer.
         * @function decode
         * @memberof shoal.Heartbeat
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {shoal.Heartbeat & shoal.Heartbeat.$Shape} Heartbeat
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Heartbeat.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.shoal.Heartbeat();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.node = value;
                        else
                            delete message.node;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.nonce = value;
                        else
                            delete message.nonce;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.role = value;
                        else
                            delete message.role;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.seq = value;
                        else
                            delete message.seq;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.intervalMs = value;
                        else
                            delete message.intervalMs;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.slots = value;
                        else
                            delete message.slots;
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        if (!(message.running && message.running.length))
                            message.running = [];
                        message.running.push($root.shoal.Running.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 8: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.queued = value;
                        else
                            delete message.queued;
                        continue;
                    }
                case 9: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.memoryBytes = value;
                        else
                            delete message.memoryBytes;
                        continue;
                    }
                case 10: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.residentBytes = value;
                        else
                            delete message.residentBytes;
                        continue;
                    }
                case 11: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.loopLagMs = value;
                        else
                            delete message.loopLagMs;
                        continue;
                    }
                case 12: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.version = value;
                        else
                            delete message.version;
                        continue;
                    }
                case 13: {
                        if (wireType !== 2)
                            break;
                        if (!(message.learners && message.learners.length))
                            message.learners = [];
                        message.learners.push(reader.stringVerify());
                        continue;
                    }
                case 14: {
                        if (wireType !== 2)
                            break;
                        if (!(message.labels && message.labels.length))
                            message.labels = [];
                        message.labels.push($root.shoal.Label.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 15: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.draining = value;
                        else
                            delete message.draining;
                        continue;
                    }
                case 16: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.leaving = value;
                        else
                            delete message.leaving;
                        continue;
                    }
                case 17: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.tasksDone = value;
                        else
                            delete message.tasksDone;
                        continue;
                    }
                case 18: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.commitsRefused = value;
                        else
                            delete message.commitsRefused;
                        continue;
                    }
                case 19: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.host = value;
                        else
                            delete message.host;
                        continue;
                    }
                case 20: {
                        if (wireType !== 2)
                            break;
                        if (!(message.held && message.held.length))
                            message.held = [];
                        message.held.push(reader.stringVerify());
                        continue;
                    }
                case 21: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.uptimeMs = value;
                        else
                            delete message.uptimeMs;
                        continue;
                    }
                case 22: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.term = value;
                        else
                            delete message.term;
                        continue;
                    }
                case 23: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.pid = value;
                        else
                            delete message.pid;
                        continue;
                    }
                case 30: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.copies = value;
                        else
                            delete message.copies;
                        continue;
                    }
                case 34: {
                        if (wireType !== 2)
                            break;
                        if (!(message.paces && message.paces.length))
                            message.paces = [];
                        message.paces.push($root.shoal.HoldPace.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for Heartbeat
         * @function getTypeUrl
         * @memberof shoal.Heartbeat
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        Heartbeat.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/shoal.Heartbeat";
        };

        return Heartbeat;
    })();

    shoal.HoldPace = (function() {

        /**
         * Properties of a HoldPace.
         * @typedef {Object} shoal.HoldPace.$Properties
         * @property {string|null} [job] HoldPace job
         * @property {number|null} [slices] HoldPace slices
         * @property {number|null} [ms] HoldPace ms
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a HoldPace.
         * @memberof shoal
         * @interface IHoldPace
         * @augments shoal.HoldPace.$Properties
         * @deprecated Use shoal.HoldPace.$Properties instead.
         */

        /**
         * Shape of a HoldPace.
         * @typedef {shoal.HoldPace.$Properties} shoal.HoldPace.$Shape
         */

        /**
         * Constructs a new HoldPace.
         * @memberof shoal
         * @classdesc Represents a HoldPace.
         * @constructor
         * @param {shoal.HoldPace.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const HoldPace = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * HoldPace job.
         * @member {string} job
         * @memberof shoal.HoldPace
         * @instance
         */
        HoldPace.prototype.job = "";

        /**
         * HoldPace slices.
         * @member {number} slices
         * @memberof shoal.HoldPace
         * @instance
         */
        HoldPace.prototype.slices = 0;

        /**
         * HoldPace ms.
         * @member {number} ms
         * @memberof shoal.HoldPace
         * @instance
         */
        HoldPace.prototype.ms = 0;

        /**
         * Creates a new HoldPace instance using the specified properties.
         * @function create
         * @memberof shoal.HoldPace
         * @static
         * @param {shoal.HoldPace.$Properties=} [properties] Properties to set
         * @returns {shoal.HoldPace} HoldPace instance
         * @type {{
         *   (properties: shoal.HoldPace.$Shape): shoal.HoldPace & shoal.HoldPace.$Shape;
         *   (properties?: shoal.HoldPace.$Properties): shoal.HoldPace;
         * }}
         */
        HoldPace.create = function(properties) {
            return new HoldPace(properties);
        };

        /**
         * Encodes the specified HoldPace message. Does not implicitly {@link shoal.HoldPace.verify|verify} messages.
         * @function encode
         * @memberof shoal.HoldPace
         * @static
         * @param {shoal.HoldPace.$Properties} message HoldPace message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        HoldPace.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.job != null && $Object.hasOwnProperty.call(message, "job") && message.job !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.job);
            if (message.slices != null && $Object.hasOwnProperty.call(message, "slices") && message.slices !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.slices);
            if (message.ms != null && $Object.hasOwnProperty.call(message, "ms") && !$Object.is(message.ms, 0))
                writer.uint32(/* id 3, wireType 1 =*/25).double(message.ms);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a HoldPace message from the specified reader or buffer.
         * @function decode
         * @memberof shoal.HoldPace
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {shoal.HoldPace & shoal.HoldPace.$Shape} HoldPace
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        HoldPace.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.shoal.HoldPace();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.job = value;
                        else
                            delete message.job;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.slices = value;
                        else
                            delete message.slices;
                        continue;
                    }
                case 3: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.ms = value;
                        else
                            delete message.ms;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for HoldPace
         * @function getTypeUrl
         * @memberof shoal.HoldPace
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        HoldPace.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/shoal.HoldPace";
        };

        return HoldPace;
    })();

    shoal.Offer = (function() {

        /**
         * Properties of an Offer.
         * @typedef {Object} shoal.Offer.$Properties
         * @property {string|null} [job] Offer job
         * @property {string|null} [task] Offer task
         * @property {number|null} [attempt] Offer attempt
         * @property {string|null} [plan] Offer plan
         * @property {string|null} [input] Offer input
         * @property {boolean|null} [isolated] Offer isolated
         * @property {string|null} [traceparent] Offer traceparent
         * @property {boolean|null} [copy] Offer copy
         * @property {number|null} [priority] Offer priority
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of an Offer.
         * @memberof shoal
         * @interface IOffer
         * @augments shoal.Offer.$Properties
         * @deprecated Use shoal.Offer.$Properties instead.
         */

        /**
         * Shape of an Offer.
         * @typedef {shoal.Offer.$Properties} shoal.Offer.$Shape
         */

        /**
         * Constructs a new Offer.
         * @memberof shoal
         * @classdesc Represents an Offer.
         * @constructor
         * @param {shoal.Offer.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Offer = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Offer job.
         * @member {string} job
         * @memberof shoal.Offer
         * @instance
         */
        Offer.prototype.job = "";

        /**
         * Offer task.
         * @member {string} task
         * @memberof shoal.Offer
         * @instance
         */
        Offer.prototype.task = "";

        /**
         * Offer attempt.
         * @member {number} attempt
         * @memberof shoal.Offer
         * @instance
         */
        Offer.prototype.attempt = 0;

        /**
         * Offer plan.
         * @member {string} plan
         * @memberof shoal.Offer
         * @instance
         */
        Offer.prototype.plan = "";

        /**
         * Offer input.
         * @member {string} input
         * @memberof shoal.Offer
         * @instance
         */
        Offer.prototype.input = "";

        /**
         * Offer isolated.
         * @member {boolean} isolated
         * @memberof shoal.Offer
         * @instance
         */
        Offer.prototype.isolated = false;

        /**
         * Offer traceparent.
         * @member {string} traceparent
         * @memberof shoal.Offer
         * @instance
         */
        Offer.prototype.traceparent = "";

        /**
         * Offer copy.
         * @member {boolean} copy
         * @memberof shoal.Offer
         * @instance
         */
        Offer.prototype.copy = false;

        /**
         * Offer priority.
         * @member {number} priority
         * @memberof shoal.Offer
         * @instance
         */
        Offer.prototype.priority = 0;

        /**
         * Creates a new Offer instance using the specified properties.
         * @function create
         * @memberof shoal.Offer
         * @static
         * @param {shoal.Offer.$Properties=} [properties] Properties to set
         * @returns {shoal.Offer} Offer instance
         * @type {{
         *   (properties: shoal.Offer.$Shape): shoal.Offer & shoal.Offer.$Shape;
         *   (properties?: shoal.Offer.$Properties): shoal.Offer;
         * }}
         */
        Offer.create = function(properties) {
            return new Offer(properties);
        };

        /**
         * Encodes the specified Offer message. Does not implicitly {@link shoal.Offer.verify|verify} messages.
         * @function encode
         * @memberof shoal.Offer
         * @static
         * @param {shoal.Offer.$Properties} message Offer message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Offer.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.job != null && $Object.hasOwnProperty.call(message, "job") && message.job !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.job);
            if (message.task != null && $Object.hasOwnProperty.call(message, "task") && message.task !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.task);
            if (message.attempt != null && $Object.hasOwnProperty.call(message, "attempt") && message.attempt !== 0)
                writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.attempt);
            if (message.plan != null && $Object.hasOwnProperty.call(message, "plan") && message.plan !== "")
                writer.uint32(/* id 4, wireType 2 =*/34).string(message.plan);
            if (message.input != null && $Object.hasOwnProperty.call(message, "input") && message.input !== "")
                writer.uint32(/* id 5, wireType 2 =*/42).string(message.input);
            if (message.isolated != null && $Object.hasOwnProperty.call(message, "isolated") && message.isolated !== false)
                writer.uint32(/* id 6, wireType 0 =*/48).bool(message.isolated);
            if (message.traceparent != null && $Object.hasOwnProperty.call(message, "traceparent") && message.traceparent !== "")
                writer.uint32(/* id 7, wireType 2 =*/58).string(message.traceparent);
            if (message.copy != null && $Object.hasOwnProperty.call(message, "copy") && message.copy !== false)
                writer.uint32(/* id 10, wireType 0 =*/80).bool(message.copy);
            if (message.priority != null && $Object.hasOwnProperty.call(message, "priority") && message.priority !== 0)
                writer.uint32(/* id 13, wireType 0 =*/104).sint32(message.priority);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes an Offer message from the specified reader or buffer.
         * @function decode
         * @memberof shoal.Offer
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {shoal.Offer & shoal.Offer.$Shape} Offer
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Offer.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.shoal.Offer();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.job = value;
                        else
                            delete message.job;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.task = value;
                        else
                            delete message.task;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.attempt = value;
                        else
                            delete message.attempt;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.plan = value;
                        else
                            delete message.plan;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.input = value;
                        else
                            delete message.input;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.isolated = value;
                        else
                            delete message.isolated;
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.traceparent = value;
                        else
                            delete message.traceparent;
                        continue;
                    }
                case 10: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.copy = value;
                        else
                            delete message.copy;
                        continue;
                    }
                case 13: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.sint32())
                            message.priority = value;
                        else
                            delete message.priority;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for Offer
         * @function getTypeUrl
         * @memberof shoal.Offer
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        Offer.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/shoal.Offer";
        };

        return Offer;
    })();

    shoal.Offers = (function() {

        /**
         * Properties of an Offers.
         * @typedef {Object} shoal.Offers.$Properties
         * @property {number|null} [term] Offers term
         * @property {string|null} [coordinator] Offers coordinator
         * @property {Array.<shoal.Offer.$Properties>|null} [offers] Offers offers
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of an Offers.
         * @memberof shoal
         * @interface IOffers
         * @augments shoal.Offers.$Properties
         * @deprecated Use shoal.Offers.$Properties instead.
         */

        /**
         * Shape of an Offers.
         * @typedef {shoal.Offers.$Properties} shoal.Offers.$Shape
         */

        /**
         * Constructs a new Offers.
         * @memberof shoal
         * @classdesc Represents an Offers.
         * @constructor
         * @param {shoal.Offers.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Offers = function (properties) {
            this.offers = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Offers term.
         * @member {number} term
         * @memberof shoal.Offers
         * @instance
         */
        Offers.prototype.term = 0;

        /**
         * Offers coordinator.
         * @member {string} coordinator
         * @memberof shoal.Offers
         * @instance
         */
        Offers.prototype.coordinator = "";

        /**
         * Offers offers.
         * @member {Array.<shoal.Offer.$Properties>} offers
         * @memberof shoal.Offers
         * @instance
         */
        Offers.prototype.offers = $util.emptyArray;

        /**
         * Creates a new Offers instance using the specified properties.
         * @function create
         * @memberof shoal.Offers
         * @static
         * @param {shoal.Offers.$Properties=} [properties] Properties to set
         * @returns {shoal.Offers} Offers instance
         * @type {{
         *   (properties: shoal.Offers.$Shape): shoal.Offers & shoal.Offers.$Shape;
         *   (properties?: shoal.Offers.$Properties): shoal.Offers;
         * }}
         */
        Offers.create = function(properties) {
            return new Offers(properties);
        };

        /**
         * Encodes the specified Offers message. Does not implicitly {@link shoal.Offers.verify|verify} messages.
         * @function encode
         * @memberof shoal.Offers
         * @static
         * @param {shoal.Offers.$Properties} message Offers message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Offers.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.term != null && $Object.hasOwnProperty.call(message, "term") && (typeof message.term === "object" ? message.term.low || message.term.high : message.term !== 0))
                writer.uint32(/* id 1, wireType 0 =*/8).uint64(message.term);
            if (message.coordinator != null && $Object.hasOwnProperty.call(message, "coordinator") && message.coordinator !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.coordinator);
            if (message.offers != null && message.offers.length)
                for (let i = 0; i < message.offers.length; ++i)
                    $root.shoal.Offer.encode(message.offers[i], writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes an Offers message from the specified reader or buffer.
         * @function decode
         * @memberof shoal.Offers
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {shoal.Offers & shoal.Offers.$Shape} Offers
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Offers.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.shoal.Offers();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.term = value;
                        else
                            delete message.term;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.coordinator = value;
                        else
                            delete message.coordinator;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if (!(message.offers && message.offers.length))
                            message.offers = [];
                        message.offers.push($root.shoal.Offer.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for Offers
         * @function getTypeUrl
         * @memberof shoal.Offers
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        Offers.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/shoal.Offers";
        };

        return Offers;
    })();

    shoal.Control = (function() {

        /**
         * Properties of a Control.
         * @typedef {Object} shoal.Control.$Properties
         * @property {string|null} [verb] Control verb
         * @property {string|null} [job] Control job
         * @property {number|null} [term] Control term
         * @property {string|null} [task] Control task
         * @property {number|null} [attempt] Control attempt
         * @property {string|null} [nonce] Control nonce
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Control.
         * @memberof shoal
         * @interface IControl
         * @augments shoal.Control.$Properties
         * @deprecated Use shoal.Control.$Properties instead.
         */

        /**
         * Shape of a Control.
         * @typedef {shoal.Control.$Properties} shoal.Control.$Shape
         */

        /**
         * Constructs a new Control.
         * @memberof shoal
         * @classdesc Represents a Control.
         * @constructor
         * @param {shoal.Control.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Control = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Control verb.
         * @member {string} verb
         * @memberof shoal.Control
         * @instance
         */
        Control.prototype.verb = "";

        /**
         * Control job.
         * @member {string} job
         * @memberof shoal.Control
         * @instance
         */
        Control.prototype.job = "";

        /**
         * Control term.
         * @member {number} term
         * @memberof shoal.Control
         * @instance
         */
        Control.prototype.term = 0;

        /**
         * Control task.
         * @member {string} task
         * @memberof shoal.Control
         * @instance
         */
        Control.prototype.task = "";

        /**
         * Control attempt.
         * @member {number} attempt
         * @memberof shoal.Control
         * @instance
         */
        Control.prototype.attempt = 0;

        /**
         * Control nonce.
         * @member {string} nonce
         * @memberof shoal.Control
         * @instance
         */
        Control.prototype.nonce = "";

        /**
         * Creates a new Control instance using the specified properties.
         * @function create
         * @memberof shoal.Control
         * @static
         * @param {shoal.Control.$Properties=} [properties] Properties to set
         * @returns {shoal.Control} Control instance
         * @type {{
         *   (properties: shoal.Control.$Shape): shoal.Control & shoal.Control.$Shape;
         *   (properties?: shoal.Control.$Properties): shoal.Control;
         * }}
         */
        Control.create = function(properties) {
            return new Control(properties);
        };

        /**
         * Encodes the specified Control message. Does not implicitly {@link shoal.Control.verify|verify} messages.
         * @function encode
         * @memberof shoal.Control
         * @static
         * @param {shoal.Control.$Properties} message Control message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Control.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.verb != null && $Object.hasOwnProperty.call(message, "verb") && message.verb !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.verb);
            if (message.job != null && $Object.hasOwnProperty.call(message, "job") && message.job !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.job);
            if (message.term != null && $Object.hasOwnProperty.call(message, "term") && (typeof message.term === "object" ? message.term.low || message.term.high : message.term !== 0))
                writer.uint32(/* id 3, wireType 0 =*/24).uint64(message.term);
            if (message.task != null && $Object.hasOwnProperty.call(message, "task") && message.task !== "")
                writer.uint32(/* id 4, wireType 2 =*/34).string(message.task);
            if (message.attempt != null && $Object.hasOwnProperty.call(message, "attempt") && message.attempt !== 0)
                writer.uint32(/* id 16, wireType 0 =*/128).uint32(message.attempt);
            if (message.nonce != null && $Object.hasOwnProperty.call(message, "nonce") && message.nonce !== "")
                writer.uint32(/* id 17, wireType 2 =*/138).string(message.nonce);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Control message from the specified reader or buffer.
         * @function decode
         * @memberof shoal.Control
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {shoal.Control & shoal.Control.$Shape} Control
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Control.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.shoal.Control();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.verb = value;
                        else
                            delete message.verb;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.job = value;
                        else
                            delete message.job;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.term = value;
                        else
                            delete message.term;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.task = value;
                        else
                            delete message.task;
                        continue;
                    }
                case 16: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.attempt = value;
                        else
                            delete message.attempt;
                        continue;
                    }
                case 17: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.nonce = value;
                        else
                            delete message.nonce;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for Control
         * @function getTypeUrl
         * @memberof shoal.Control
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        Control.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/shoal.Control";
        };

        return Control;
    })();

    shoal.RoundOpen = (function() {

        /**
         * Properties of a RoundOpen.
         * @typedef {Object} shoal.RoundOpen.$Properties
         * @property {string|null} [job] RoundOpen job
         * @property {number|null} [fit] RoundOpen fit
         * @property {number|null} [attempt] RoundOpen attempt
         * @property {string|null} [node] RoundOpen node
         * @property {string|null} [nonce] RoundOpen nonce
         * @property {number|null} [round] RoundOpen round
         * @property {string|null} [state] RoundOpen state
         * @property {number|null} [size] RoundOpen size
         * @property {Uint8Array|null} [inline] RoundOpen inline
         * @property {boolean|null} [probe] RoundOpen probe
         * @property {Array.<string>|null} [sources] RoundOpen sources
         * @property {string|null} [plan] RoundOpen plan
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a RoundOpen.
         * @memberof shoal
         * @interface IRoundOpen
         * @augments shoal.RoundOpen.$Properties
         * @deprecated Use shoal.RoundOpen.$Properties instead.
         */

        /**
         * Shape of a RoundOpen.
         * @typedef {shoal.RoundOpen.$Properties} shoal.RoundOpen.$Shape
         */

        /**
         * Constructs a new RoundOpen.
         * @memberof shoal
         * @classdesc Represents a RoundOpen.
         * @constructor
         * @param {shoal.RoundOpen.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const RoundOpen = function (properties) {
            this.sources = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * RoundOpen job.
         * @member {string} job
         * @memberof shoal.RoundOpen
         * @instance
         */
        RoundOpen.prototype.job = "";

        /**
         * RoundOpen fit.
         * @member {number} fit
         * @memberof shoal.RoundOpen
         * @instance
         */
        RoundOpen.prototype.fit = 0;

        /**
         * RoundOpen attempt.
         * @member {number} attempt
         * @memberof shoal.RoundOpen
         * @instance
         */
        RoundOpen.prototype.attempt = 0;

        /**
         * RoundOpen node.
         * @member {string} node
         * @memberof shoal.RoundOpen
         * @instance
         */
        RoundOpen.prototype.node = "";

        /**
         * RoundOpen nonce.
         * @member {string} nonce
         * @memberof shoal.RoundOpen
         * @instance
         */
        RoundOpen.prototype.nonce = "";

        /**
         * RoundOpen round.
         * @member {number} round
         * @memberof shoal.RoundOpen
         * @instance
         */
        RoundOpen.prototype.round = 0;

        /**
         * RoundOpen state.
         * @member {string} state
         * @memberof shoal.RoundOpen
         * @instance
         */
        RoundOpen.prototype.state = "";

        /**
         * RoundOpen size.
         * @member {number} size
         * @memberof shoal.RoundOpen
         * @instance
         */
        RoundOpen.prototype.size = 0;

        /**
         * RoundOpen inline.
         * @member {Uint8Array} inline
         * @memberof shoal.RoundOpen
         * @instance
         */
        RoundOpen.prototype.inline = $util.newBuffer([]);

        /**
         * RoundOpen probe.
         * @member {boolean} probe
         * @memberof shoal.RoundOpen
         * @instance
         */
        RoundOpen.prototype.probe = false;

        /**
         * RoundOpen sources.
         * @member {Array.<string>} sources
         * @memberof shoal.RoundOpen
         * @instance
         */
        RoundOpen.prototype.sources = $util.emptyArray;

        /**
         * RoundOpen plan.
         * @member {string} plan
         * @memberof shoal.RoundOpen
         * @instance
         */
        RoundOpen.prototype.plan = "";

        /**
         * Creates a new RoundOpen instance using the specified properties.
         * @function create
         * @memberof shoal.RoundOpen
         * @static
         * @param {shoal.RoundOpen.$Properties=} [properties] Properties to set
         * @returns {shoal.RoundOpen} RoundOpen instance
         * @type {{
         *   (properties: shoal.RoundOpen.$Shape): shoal.RoundOpen & shoal.RoundOpen.$Shape;
         *   (properties?: shoal.RoundOpen.$Properties): shoal.RoundOpen;
         * }}
         */
        RoundOpen.create = function(properties) {
            return new RoundOpen(properties);
        };

        /**
         * Encodes the specified RoundOpen message. Does not implicitly {@link shoal.RoundOpen.verify|verify} messages.
         * @function encode
         * @memberof shoal.RoundOpen
         * @static
         * @param {shoal.RoundOpen.$Properties} message RoundOpen message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        RoundOpen.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.job != null && $Object.hasOwnProperty.call(message, "job") && message.job !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.job);
            if (message.fit != null && $Object.hasOwnProperty.call(message, "fit") && message.fit !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.fit);
            if (message.attempt != null && $Object.hasOwnProperty.call(message, "attempt") && message.attempt !== 0)
                writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.attempt);
            if (message.node != null && $Object.hasOwnProperty.call(message, "node") && message.node !== "")
                writer.uint32(/* id 4, wireType 2 =*/34).string(message.node);
            if (message.nonce != null && $Object.hasOwnProperty.call(message, "nonce") && message.nonce !== "")
                writer.uint32(/* id 5, wireType 2 =*/42).string(message.nonce);
            if (message.round != null && $Object.hasOwnProperty.call(message, "round") && message.round !== 0)
                writer.uint32(/* id 6, wireType 0 =*/48).uint32(message.round);
            if (message.state != null && $Object.hasOwnProperty.call(message, "state") && message.state !== "")
                writer.uint32(/* id 7, wireType 2 =*/58).string(message.state);
            if (message.size != null && $Object.hasOwnProperty.call(message, "size") && (typeof message.size === "object" ? message.size.low || message.size.high : message.size !== 0))
                writer.uint32(/* id 8, wireType 0 =*/64).uint64(message.size);
            if (message.inline != null && $Object.hasOwnProperty.call(message, "inline") && message.inline.length)
                writer.uint32(/* id 9, wireType 2 =*/74).bytes(message.inline);
            if (message.probe != null && $Object.hasOwnProperty.call(message, "probe") && message.probe !== false)
                writer.uint32(/* id 10, wireType 0 =*/80).bool(message.probe);
            if (message.sources != null && message.sources.length)
                for (let i = 0; i < message.sources.length; ++i)
                    writer.uint32(/* id 11, wireType 2 =*/90).string(message.sources[i]);
            if (message.plan != null && $Object.hasOwnProperty.call(message, "plan") && message.plan !== "")
                writer.uint32(/* id 20, wireType 2 =*/162).string(message.plan);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a RoundOpen message from the specified reader or buffer.
         * @function decode
         * @memberof shoal.RoundOpen
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {shoal.RoundOpen & shoal.RoundOpen.$Shape} RoundOpen
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        RoundOpen.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.shoal.RoundOpen();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.job = value;
                        else
                            delete message.job;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.fit = value;
                        else
                            delete message.fit;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.attempt = value;
                        else
                            delete message.attempt;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.node = value;
                        else
                            delete message.node;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.nonce = value;
                        else
                            delete message.nonce;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.round = value;
                        else
                            delete message.round;
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.state = value;
                        else
                            delete message.state;
                        continue;
                    }
                case 8: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.size = value;
                        else
                            delete message.size;
                        continue;
                    }
                case 9: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.inline = value;
                        else
                            delete message.inline;
                        continue;
                    }
                case 10: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.probe = value;
                        else
                            delete message.probe;
                        continue;
                    }
                case 11: {
                        if (wireType !== 2)
                            break;
                        if (!(message.sources && message.sources.length))
                            message.sources = [];
                        message.sources.push(reader.stringVerify());
                        continue;
                    }
                case 20: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.plan = value;
                        else
                            delete message.plan;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for RoundOpen
         * @function getTypeUrl
         * @memberof shoal.RoundOpen
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        RoundOpen.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/shoal.RoundOpen";
        };

        return RoundOpen;
    })();

    shoal.Share = (function() {

        /**
         * Properties of a Share.
         * @typedef {Object} shoal.Share.$Properties
         * @property {number|null} [first] Share first
         * @property {number|null} [count] Share count
         * @property {Array.<number>|null} [attempts] Share attempts
         * @property {number|null} [size] Share size
         * @property {string|null} [sha256] Share sha256
         * @property {Uint8Array|null} [inline] Share inline
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Share.
         * @memberof shoal
         * @interface IShare
         * @augments shoal.Share.$Properties
         * @deprecated Use shoal.Share.$Properties instead.
         */

        /**
         * Shape of a Share.
         * @typedef {shoal.Share.$Properties} shoal.Share.$Shape
         */

        /**
         * Constructs a new Share.
         * @memberof shoal
         * @classdesc Represents a Share.
         * @constructor
         * @param {shoal.Share.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Share = function (properties) {
            this.attempts = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Share first.
         * @member {number} first
         * @memberof shoal.Share
         * @instance
         */
        Share.prototype.first = 0;

        /**
         * Share count.
         * @member {number} count
         * @memberof shoal.Share
         * @instance
         */
        Share.prototype.count = 0;

        /**
         * Share attempts.
         * @member {Array.<number>} attempts
         * @memberof shoal.Share
         * @instance
         */
        Share.prototype.attempts = $util.emptyArray;

        /**
         * Share size.
         * @member {number} size
         * @memberof shoal.Share
         * @instance
         */
        Share.prototype.size = 0;

        /**
         * Share sha256.
         * @member {string} sha256
         * @memberof shoal.Share
         * @instance
         */
        Share.prototype.sha256 = "";

        /**
         * Share inline.
         * @member {Uint8Array} inline
         * @memberof shoal.Share
         * @instance
         */
        Share.prototype.inline = $util.newBuffer([]);

        /**
         * Creates a new Share instance using the specified properties.
         * @function create
         * @memberof shoal.Share
         * @static
         * @param {shoal.Share.$Properties=} [properties] Properties to set
         * @returns {shoal.Share} Share instance
         * @type {{
         *   (properties: shoal.Share.$Shape): shoal.Share & shoal.Share.$Shape;
         *   (properties?: shoal.Share.$Properties): shoal.Share;
         * }}
         */
        Share.create = function(properties) {
            return new Share(properties);
        };

        /**
         * Encodes the specified Share message. Does not implicitly {@link shoal.Share.verify|verify} messages.
         * @function encode
         * @memberof shoal.Share
         * @static
         * @param {shoal.Share.$Properties} message Share message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Share.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.first != null && $Object.hasOwnProperty.call(message, "first") && message.first !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.first);
            if (message.count != null && $Object.hasOwnProperty.call(message, "count") && message.count !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.count);
            if (message.attempts != null && message.attempts.length)
                writer.uint32(/* id 3, wireType 2 =*/26).uint32s(message.attempts);
            if (message.size != null && $Object.hasOwnProperty.call(message, "size") && (typeof message.size === "object" ? message.size.low || message.size.high : message.size !== 0))
                writer.uint32(/* id 4, wireType 0 =*/32).uint64(message.size);
            if (message.sha256 != null && $Object.hasOwnProperty.call(message, "sha256") && message.sha256 !== "")
                writer.uint32(/* id 5, wireType 2 =*/42).string(message.sha256);
            if (message.inline != null && $Object.hasOwnProperty.call(message, "inline") && message.inline.length)
                writer.uint32(/* id 6, wireType 2 =*/50).bytes(message.inline);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Share message from the specified reader or buffer.
         * @function decode
         * @memberof shoal.Share
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {shoal.Share & shoal.Share.$Shape} Share
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Share.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.shoal.Share();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.first = value;
                        else
                            delete message.first;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.count = value;
                        else
                            delete message.count;
                        continue;
                    }
                case 3: {
                        if (wireType === 2) {
                            if (!(message.attempts && message.attempts.length))
                                message.attempts = [];
                            reader.uint32s(message.attempts);
                            continue;
                        }
                        if (wireType !== 0)
                            break;
                        if (!(message.attempts && message.attempts.length))
                            message.attempts = [];
                        message.attempts.push(reader.uint32());
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.size = value;
                        else
                            delete message.size;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.sha256 = value;
                        else
                            delete message.sha256;
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.inline = value;
                        else
                            delete message.inline;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for Share
         * @function getTypeUrl
         * @memberof shoal.Share
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        Share.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/shoal.Share";
        };

        return Share;
    })();

    shoal.RoundReady = (function() {

        /**
         * Properties of a RoundReady.
         * @typedef {Object} shoal.RoundReady.$Properties
         * @property {string|null} [node] RoundReady node
         * @property {string|null} [nonce] RoundReady nonce
         * @property {string|null} [job] RoundReady job
         * @property {number|null} [fit] RoundReady fit
         * @property {number|null} [attempt] RoundReady attempt
         * @property {number|null} [round] RoundReady round
         * @property {string|null} [state] RoundReady state
         * @property {number|null} [stateSize] RoundReady stateSize
         * @property {Array.<shoal.Share.$Properties>|null} [shares] RoundReady shares
         * @property {Array.<number>|null} [slices] RoundReady slices
         * @property {number|null} [computeMs] RoundReady computeMs
         * @property {number|null} [fetchMs] RoundReady fetchMs
         * @property {string|null} [plan] RoundReady plan
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a RoundReady.
         * @memberof shoal
         * @interface IRoundReady
         * @augments shoal.RoundReady.$Properties
         * @deprecated Use shoal.RoundReady.$Properties instead.
         */

        /**
         * Shape of a RoundReady.
         * @typedef {shoal.RoundReady.$Properties} shoal.RoundReady.$Shape
         */

        /**
         * Constructs a new RoundReady.
         * @memberof shoal
         * @classdesc Represents a RoundReady.
         * @constructor
         * @param {shoal.RoundReady.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const RoundReady = function (properties) {
            this.shares = [];
            this.slices = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * RoundReady node.
         * @member {string} node
         * @memberof shoal.RoundReady
         * @instance
         */
        RoundReady.prototype.node = "";

        /**
         * RoundReady nonce.
         * @member {string} nonce
         * @memberof shoal.RoundReady
         * @instance
         */
        RoundReady.prototype.nonce = "";

        /**
         * RoundReady job.
         * @member {string} job
         * @memberof shoal.RoundReady
         * @instance
         */
        RoundReady.prototype.job = "";

        /**
         * RoundReady fit.
         * @member {number} fit
         * @memberof shoal.RoundReady
         * @instance
         */
        RoundReady.prototype.fit = 0;

        /**
         * RoundReady attempt.
         * @member {number} attempt
         * @memberof shoal.RoundReady
         * @instance
         */
        RoundReady.prototype.attempt = 0;

        /**
         * RoundReady round.
         * @member {number} round
         * @memberof shoal.RoundReady
         * @instance
         */
        RoundReady.prototype.round = 0;

        /**
         * RoundReady state.
         * @member {string} state
         * @memberof shoal.RoundReady
         * @instance
         */
        RoundReady.prototype.state = "";

        /**
         * RoundReady stateSize.
         * @member {number} stateSize
         * @memberof shoal.RoundReady
         * @instance
         */
        RoundReady.prototype.stateSize = 0;

        /**
         * RoundReady shares.
         * @member {Array.<shoal.Share.$Properties>} shares
         * @memberof shoal.RoundReady
         * @instance
         */
        RoundReady.prototype.shares = $util.emptyArray;

        /**
         * RoundReady slices.
         * @member {Array.<number>} slices
         * @memberof shoal.RoundReady
         * @instance
         */
        RoundReady.prototype.slices = $util.emptyArray;

        /**
         * RoundReady computeMs.
         * @member {number} computeMs
         * @memberof shoal.RoundReady
         * @instance
         */
        RoundReady.prototype.computeMs = 0;

        /**
         * RoundReady fetchMs.
         * @member {number} fetchMs
         * @memberof shoal.RoundReady
         * @instance
         */
        RoundReady.prototype.fetchMs = 0;

        /**
         * RoundReady plan.
         * @member {string} plan
         * @memberof shoal.RoundReady
         * @instance
         */
        RoundReady.prototype.plan = "";

        /**
         * Creates a new RoundReady instance using the specified properties.
         * @function create
         * @memberof shoal.RoundReady
         * @static
         * @param {shoal.RoundReady.$Properties=} [properties] Properties to set
         * @returns {shoal.RoundReady} RoundReady instance
         * @type {{
         *   (properties: shoal.RoundReady.$Shape): shoal.RoundReady & shoal.RoundReady.$Shape;
         *   (properties?: shoal.RoundReady.$Properties): shoal.RoundReady;
         * }}
         */
        RoundReady.create = function(properties) {
            return new RoundReady(properties);
        };

        /**
         * Encodes the specified RoundReady message. Does not implicitly {@link shoal.RoundReady.verify|verify} messages.
         * @function encode
         * @memberof shoal.RoundReady
         * @static
         * @param {shoal.RoundReady.$Properties} message RoundReady message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        RoundReady.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.node != null && $Object.hasOwnProperty.call(message, "node") && message.node !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.node);
            if (message.nonce != null && $Object.hasOwnProperty.call(message, "nonce") && message.nonce !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.nonce);
            if (message.job != null && $Object.hasOwnProperty.call(message, "job") && message.job !== "")
                writer.uint32(/* id 3, wireType 2 =*/26).string(message.job);
            if (message.fit != null && $Object.hasOwnProperty.call(message, "fit") && message.fit !== 0)
                writer.uint32(/* id 4, wireType 0 =*/32).uint32(message.fit);
            if (message.attempt != null && $Object.hasOwnProperty.call(message, "attempt") && message.attempt !== 0)
                writer.uint32(/* id 5, wireType 0 =*/40).uint32(message.attempt);
            if (message.round != null && $Object.hasOwnProperty.call(message, "round") && message.round !== 0)
                writer.uint32(/* id 6, wireType 0 =*/48).uint32(message.round);
            if (message.state != null && $Object.hasOwnProperty.call(message, "state") && message.state !== "")
                writer.uint32(/* id 7, wireType 2 =*/58).string(message.state);
            if (message.stateSize != null && $Object.hasOwnProperty.call(message, "stateSize") && (typeof message.stateSize === "object" ? message.stateSize.low || message.stateSize.high : message.stateSize !== 0))
                writer.uint32(/* id 8, wireType 0 =*/64).uint64(message.stateSize);
            if (message.shares != null && message.shares.length)
                for (let i = 0; i < message.shares.length; ++i)
                    $root.shoal.Share.encode(message.shares[i], writer.uint32(/* id 9, wireType 2 =*/74).fork(), _depth + 1).ldelim();
            if (message.slices != null && message.slices.length)
                writer.uint32(/* id 10, wireType 2 =*/82).uint32s(message.slices);
            if (message.computeMs != null && $Object.hasOwnProperty.call(message, "computeMs") && message.computeMs !== 0)
                writer.uint32(/* id 11, wireType 0 =*/88).uint32(message.computeMs);
            if (message.fetchMs != null && $Object.hasOwnProperty.call(message, "fetchMs") && message.fetchMs !== 0)
                writer.uint32(/* id 12, wireType 0 =*/96).uint32(message.fetchMs);
            if (message.plan != null && $Object.hasOwnProperty.call(message, "plan") && message.plan !== "")
                writer.uint32(/* id 20, wireType 2 =*/162).string(message.plan);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a RoundReady message from the specified reader or buffer.
         * @function decode
         * @memberof shoal.RoundReady
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {shoal.RoundReady & shoal.RoundReady.$Shape} RoundReady
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        RoundReady.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.shoal.RoundReady();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.node = value;
                        else
                            delete message.node;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.nonce = value;
                        else
                            delete message.nonce;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.job = value;
                        else
                            delete message.job;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.fit = value;
                        else
                            delete message.fit;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.attempt = value;
                        else
                            delete message.attempt;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.round = value;
                        else
                            delete message.round;
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.state = value;
                        else
                            delete message.state;
                        continue;
                    }
                case 8: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.stateSize = value;
                        else
                            delete message.stateSize;
                        continue;
                    }
                case 9: {
                        if (wireType !== 2)
                            break;
                        if (!(message.shares && message.shares.length))
                            message.shares = [];
                        message.shares.push($root.shoal.Share.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 10: {
                        if (wireType === 2) {
                            if (!(message.slices && message.slices.length))
                                message.slices = [];
                            reader.uint32s(message.slices);
                            continue;
                        }
                        if (wireType !== 0)
                            break;
                        if (!(message.slices && message.slices.length))
                            message.slices = [];
                        message.slices.push(reader.uint32());
                        continue;
                    }
                case 11: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.computeMs = value;
                        else
                            delete message.computeMs;
                        continue;
                    }
                case 12: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.fetchMs = value;
                        else
                            delete message.fetchMs;
                        continue;
                    }
                case 20: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.plan = value;
                        else
                            delete message.plan;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for RoundReady
         * @function getTypeUrl
         * @memberof shoal.RoundReady
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        RoundReady.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/shoal.RoundReady";
        };

        return RoundReady;
    })();

    shoal.Pull = (function() {

        /**
         * Properties of a Pull.
         * @typedef {Object} shoal.Pull.$Properties
         * @property {string|null} [digest] Pull digest
         * @property {number|null} [n] Pull n
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Pull.
         * @memberof shoal
         * @interface IPull
         * @augments shoal.Pull.$Properties
         * @deprecated Use shoal.Pull.$Properties instead.
         */

        /**
         * Shape of a Pull.
         * @typedef {shoal.Pull.$Properties} shoal.Pull.$Shape
         */

        /**
         * Constructs a new Pull.
         * @memberof shoal
         * @classdesc Represents a Pull.
         * @constructor
         * @param {shoal.Pull.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Pull = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Pull digest.
         * @member {string} digest
         * @memberof shoal.Pull
         * @instance
         */
        Pull.prototype.digest = "";

        /**
         * Pull n.
         * @member {number} n
         * @memberof shoal.Pull
         * @instance
         */
        Pull.prototype.n = 0;

        /**
         * Creates a new Pull instance using the specified properties.
         * @function create
         * @memberof shoal.Pull
         * @static
         * @param {shoal.Pull.$Properties=} [properties] Properties to set
         * @returns {shoal.Pull} Pull instance
         * @type {{
         *   (properties: shoal.Pull.$Shape): shoal.Pull & shoal.Pull.$Shape;
         *   (properties?: shoal.Pull.$Properties): shoal.Pull;
         * }}
         */
        Pull.create = function(properties) {
            return new Pull(properties);
        };

        /**
         * Encodes the specified Pull message. Does not implicitly {@link shoal.Pull.verify|verify} messages.
         * @function encode
         * @memberof shoal.Pull
         * @static
         * @param {shoal.Pull.$Properties} message Pull message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Pull.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.digest != null && $Object.hasOwnProperty.call(message, "digest") && message.digest !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.digest);
            if (message.n != null && $Object.hasOwnProperty.call(message, "n") && message.n !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.n);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Pull message from the specified reader or buffer.
         * @function decode
         * @memberof shoal.Pull
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {shoal.Pull & shoal.Pull.$Shape} Pull
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Pull.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.shoal.Pull();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.digest = value;
                        else
                            delete message.digest;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.n = value;
                        else
                            delete message.n;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for Pull
         * @function getTypeUrl
         * @memberof shoal.Pull
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        Pull.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/shoal.Pull";
        };

        return Pull;
    })();

    shoal.Reduce = (function() {

        /**
         * Properties of a Reduce.
         * @typedef {Object} shoal.Reduce.$Properties
         * @property {string|null} [job] Reduce job
         * @property {number|null} [fit] Reduce fit
         * @property {number|null} [attempt] Reduce attempt
         * @property {number|null} [round] Reduce round
         * @property {string|null} [state] Reduce state
         * @property {Array.<shoal.SharePlace.$Properties>|null} [places] Reduce places
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Reduce.
         * @memberof shoal
         * @interface IReduce
         * @augments shoal.Reduce.$Properties
         * @deprecated Use shoal.Reduce.$Properties instead.
         */

        /**
         * Shape of a Reduce.
         * @typedef {shoal.Reduce.$Properties} shoal.Reduce.$Shape
         */

        /**
         * Constructs a new Reduce.
         * @memberof shoal
         * @classdesc Represents a Reduce.
         * @constructor
         * @param {shoal.Reduce.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Reduce = function (properties) {
            this.places = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Reduce job.
         * @member {string} job
         * @memberof shoal.Reduce
         * @instance
         */
        Reduce.prototype.job = "";

        /**
         * Reduce fit.
         * @member {number} fit
         * @memberof shoal.Reduce
         * @instance
         */
        Reduce.prototype.fit = 0;

        /**
         * Reduce attempt.
         * @member {number} attempt
         * @memberof shoal.Reduce
         * @instance
         */
        Reduce.prototype.attempt = 0;

        /**
         * Reduce round.
         * @member {number} round
         * @memberof shoal.Reduce
         * @instance
         */
        Reduce.prototype.round = 0;

        /**
         * Reduce state.
         * @member {string} state
         * @memberof shoal.Reduce
         * @instance
         */
        Reduce.prototype.state = "";

        /**
         * Reduce places.
         * @member {Array.<shoal.SharePlace.$Properties>} places
         * @memberof shoal.Reduce
         * @instance
         */
        Reduce.prototype.places = $util.emptyArray;

        /**
         * Creates a new Reduce instance using the specified properties.
         * @function create
         * @memberof shoal.Reduce
         * @static
         * @param {shoal.Reduce.$Properties=} [properties] Properties to set
         * @returns {shoal.Reduce} Reduce instance
         * @type {{
         *   (properties: shoal.Reduce.$Shape): shoal.Reduce & shoal.Reduce.$Shape;
         *   (properties?: shoal.Reduce.$Properties): shoal.Reduce;
         * }}
         */
        Reduce.create = function(properties) {
            return new Reduce(properties);
        };

        /**
         * Encodes the specified Reduce message. Does not implicitly {@link shoal.Reduce.verify|verify} messages.
         * @function encode
         * @memberof shoal.Reduce
         * @static
         * @param {shoal.Reduce.$Properties} message Reduce message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Reduce.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.job != null && $Object.hasOwnProperty.call(message, "job") && message.job !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.job);
            if (message.fit != null && $Object.hasOwnProperty.call(message, "fit") && message.fit !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.fit);
            if (message.attempt != null && $Object.hasOwnProperty.call(message, "attempt") && message.attempt !== 0)
                writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.attempt);
            if (message.round != null && $Object.hasOwnProperty.call(message, "round") && message.round !== 0)
                writer.uint32(/* id 4, wireType 0 =*/32).uint32(message.round);
            if (message.state != null && $Object.hasOwnProperty.call(message, "state") && message.state !== "")
                writer.uint32(/* id 5, wireType 2 =*/42).string(message.state);
            if (message.places != null && message.places.length)
                for (let i = 0; i < message.places.length; ++i)
                    $root.shoal.SharePlace.encode(message.places[i], writer.uint32(/* id 6, wireType 2 =*/50).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Reduce message from the specified reader or buffer.
         * @function decode
         * @memberof shoal.Reduce
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {shoal.Reduce & shoal.Reduce.$Shape} Reduce
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Reduce.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.shoal.Reduce();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.job = value;
                        else
                            delete message.job;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.fit = value;
                        else
                            delete message.fit;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.attempt = value;
                        else
                            delete message.attempt;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.round = value;
                        else
                            delete message.round;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.state = value;
                        else
                            delete message.state;
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if (!(message.places && message.places.length))
                            message.places = [];
                        message.places.push($root.shoal.SharePlace.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for Reduce
         * @function getTypeUrl
         * @memberof shoal.Reduce
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        Reduce.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/shoal.Reduce";
        };

        return Reduce;
    })();

    shoal.SharePlace = (function() {

        /**
         * Properties of a SharePlace.
         * @typedef {Object} shoal.SharePlace.$Properties
         * @property {string|null} [node] SharePlace node
         * @property {shoal.Share.$Properties|null} [share] SharePlace share
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a SharePlace.
         * @memberof shoal
         * @interface ISharePlace
         * @augments shoal.SharePlace.$Properties
         * @deprecated Use shoal.SharePlace.$Properties instead.
         */

        /**
         * Shape of a SharePlace.
         * @typedef {shoal.SharePlace.$Properties} shoal.SharePlace.$Shape
         */

        /**
         * Constructs a new SharePlace.
         * @memberof shoal
         * @classdesc Represents a SharePlace.
         * @constructor
         * @param {shoal.SharePlace.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const SharePlace = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * SharePlace node.
         * @member {string} node
         * @memberof shoal.SharePlace
         * @instance
         */
        SharePlace.prototype.node = "";

        /**
         * SharePlace share.
         * @member {shoal.Share.$Properties|null|undefined} share
         * @memberof shoal.SharePlace
         * @instance
         */
        SharePlace.prototype.share = null;

        /**
         * Creates a new SharePlace instance using the specified properties.
         * @function create
         * @memberof shoal.SharePlace
         * @static
         * @param {shoal.SharePlace.$Properties=} [properties] Properties to set
         * @returns {shoal.SharePlace} SharePlace instance
         * @type {{
         *   (properties: shoal.SharePlace.$Shape): shoal.SharePlace & shoal.SharePlace.$Shape;
         *   (properties?: shoal.SharePlace.$Properties): shoal.SharePlace;
         * }}
         */
        SharePlace.create = function(properties) {
            return new SharePlace(properties);
        };

        /**
         * Encodes the specified SharePlace message. Does not implicitly {@link shoal.SharePlace.verify|verify} messages.
         * @function encode
         * @memberof shoal.SharePlace
         * @static
         * @param {shoal.SharePlace.$Properties} message SharePlace message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        SharePlace.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.node != null && $Object.hasOwnProperty.call(message, "node") && message.node !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.node);
            if (message.share != null && $Object.hasOwnProperty.call(message, "share"))
                $root.shoal.Share.encode(message.share, writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a SharePlace message from the specified reader or buffer.
         * @function decode
         * @memberof shoal.SharePlace
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {shoal.SharePlace & shoal.SharePlace.$Shape} SharePlace
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        SharePlace.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.shoal.SharePlace();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.node = value;
                        else
                            delete message.node;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.share = $root.shoal.Share.decode(reader, reader.size(), $undefined, _depth + 1, message.share);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for SharePlace
         * @function getTypeUrl
         * @memberof shoal.SharePlace
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        SharePlace.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/shoal.SharePlace";
        };

        return SharePlace;
    })();

    shoal.ReduceReply = (function() {

        /**
         * Properties of a ReduceReply.
         * @typedef {Object} shoal.ReduceReply.$Properties
         * @property {shoal.Share.$Properties|null} [share] ReduceReply share
         * @property {string|null} [error] ReduceReply error
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a ReduceReply.
         * @memberof shoal
         * @interface IReduceReply
         * @augments shoal.ReduceReply.$Properties
         * @deprecated Use shoal.ReduceReply.$Properties instead.
         */

        /**
         * Shape of a ReduceReply.
         * @typedef {shoal.ReduceReply.$Properties} shoal.ReduceReply.$Shape
         */

        /**
         * Constructs a new ReduceReply.
         * @memberof shoal
         * @classdesc Represents a ReduceReply.
         * @constructor
         * @param {shoal.ReduceReply.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const ReduceReply = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * ReduceReply share.
         * @member {shoal.Share.$Properties|null|undefined} share
         * @memberof shoal.ReduceReply
         * @instance
         */
        ReduceReply.prototype.share = null;

        /**
         * ReduceReply error.
         * @member {string} error
         * @memberof shoal.ReduceReply
         * @instance
         */
        ReduceReply.prototype.error = "";

        /**
         * Creates a new ReduceReply instance using the specified properties.
         * @function create
         * @memberof shoal.ReduceReply
         * @static
         * @param {shoal.ReduceReply.$Properties=} [properties] Properties to set
         * @returns {shoal.ReduceReply} ReduceReply instance
         * @type {{
         *   (properties: shoal.ReduceReply.$Shape): shoal.ReduceReply & shoal.ReduceReply.$Shape;
         *   (properties?: shoal.ReduceReply.$Properties): shoal.ReduceReply;
         * }}
         */
        ReduceReply.create = function(properties) {
            return new ReduceReply(properties);
        };

        /**
         * Encodes the specified ReduceReply message. Does not implicitly {@link shoal.ReduceReply.verify|verify} messages.
         * @function encode
         * @memberof shoal.ReduceReply
         * @static
         * @param {shoal.ReduceReply.$Properties} message ReduceReply message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        ReduceReply.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.share != null && $Object.hasOwnProperty.call(message, "share"))
                $root.shoal.Share.encode(message.share, writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
            if (message.error != null && $Object.hasOwnProperty.call(message, "error") && message.error !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.error);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a ReduceReply message from the specified reader or buffer.
         * @function decode
         * @memberof shoal.ReduceReply
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {shoal.ReduceReply & shoal.ReduceReply.$Shape} ReduceReply
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        ReduceReply.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.shoal.ReduceReply();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.share = $root.shoal.Share.decode(reader, reader.size(), $undefined, _depth + 1, message.share);
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.error = value;
                        else
                            delete message.error;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for ReduceReply
         * @function getTypeUrl
         * @memberof shoal.ReduceReply
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        ReduceReply.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/shoal.ReduceReply";
        };

        return ReduceReply;
    })();

    shoal.ControlReply = (function() {

        /**
         * Properties of a ControlReply.
         * @typedef {Object} shoal.ControlReply.$Properties
         * @property {shoal.Heartbeat.$Properties|null} [heartbeat] ControlReply heartbeat
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a ControlReply.
         * @memberof shoal
         * @interface IControlReply
         * @augments shoal.ControlReply.$Properties
         * @deprecated Use shoal.ControlReply.$Properties instead.
         */

        /**
         * Shape of a ControlReply.
         * @typedef {shoal.ControlReply.$Properties} shoal.ControlReply.$Shape
         */

        /**
         * Constructs a new ControlReply.
         * @memberof shoal
         * @classdesc Represents a ControlReply.
         * @constructor
         * @param {shoal.ControlReply.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const ControlReply = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * ControlReply heartbeat.
         * @member {shoal.Heartbeat.$Properties|null|undefined} heartbeat
         * @memberof shoal.ControlReply
         * @instance
         */
        ControlReply.prototype.heartbeat = null;

        /**
         * Creates a new ControlReply instance using the specified properties.
         * @function create
         * @memberof shoal.ControlReply
         * @static
         * @param {shoal.ControlReply.$Properties=} [properties] Properties to set
         * @returns {shoal.ControlReply} ControlReply instance
         * @type {{
         *   (properties: shoal.ControlReply.$Shape): shoal.ControlReply & shoal.ControlReply.$Shape;
         *   (properties?: shoal.ControlReply.$Properties): shoal.ControlReply;
         * }}
         */
        ControlReply.create = function(properties) {
            return new ControlReply(properties);
        };

        /**
         * Encodes the specified ControlReply message. Does not implicitly {@link shoal.ControlReply.verify|verify} messages.
         * @function encode
         * @memberof shoal.ControlReply
         * @static
         * @param {shoal.ControlReply.$Properties} message ControlReply message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        ControlReply.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.heartbeat != null && $Object.hasOwnProperty.call(message, "heartbeat"))
                $root.shoal.Heartbeat.encode(message.heartbeat, writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a ControlReply message from the specified reader or buffer.
         * @function decode
         * @memberof shoal.ControlReply
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {shoal.ControlReply & shoal.ControlReply.$Shape} ControlReply
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        ControlReply.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.shoal.ControlReply();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.heartbeat = $root.shoal.Heartbeat.decode(reader, reader.size(), $undefined, _depth + 1, message.heartbeat);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for ControlReply
         * @function getTypeUrl
         * @memberof shoal.ControlReply
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        ControlReply.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/shoal.ControlReply";
        };

        return ControlReply;
    })();

    shoal.TaskError = (function() {

        /**
         * Properties of a TaskError.
         * @typedef {Object} shoal.TaskError.$Properties
         * @property {string|null} [node] TaskError node
         * @property {number|null} [attempt] TaskError attempt
         * @property {string|null} [code] TaskError code
         * @property {string|null} [message] TaskError message
         * @property {number|null} [ms] TaskError ms
         * @property {string|null} [path] TaskError path
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a TaskError.
         * @memberof shoal
         * @interface ITaskError
         * @augments shoal.TaskError.$Properties
         * @deprecated Use shoal.TaskError.$Properties instead.
         */

        /**
         * Shape of a TaskError.
         * @typedef {shoal.TaskError.$Properties} shoal.TaskError.$Shape
         */

        /**
         * Constructs a new TaskError.
         * @memberof shoal
         * @classdesc Represents a TaskError.
         * @constructor
         * @param {shoal.TaskError.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const TaskError = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * TaskError node.
         * @member {string} node
         * @memberof shoal.TaskError
         * @instance
         */
        TaskError.prototype.node = "";

        /**
         * TaskError attempt.
         * @member {number} attempt
         * @memberof shoal.TaskError
         * @instance
         */
        TaskError.prototype.attempt = 0;

        /**
         * TaskError code.
         * @member {string} code
         * @memberof shoal.TaskError
         * @instance
         */
        TaskError.prototype.code = "";

        /**
         * TaskError message.
         * @member {string} message
         * @memberof shoal.TaskError
         * @instance
         */
        TaskError.prototype.message = "";

        /**
         * TaskError ms.
         * @member {number} ms
         * @memberof shoal.TaskError
         * @instance
         */
        TaskError.prototype.ms = 0;

        /**
         * TaskError path.
         * @member {string} path
         * @memberof shoal.TaskError
         * @instance
         */
        TaskError.prototype.path = "";

        /**
         * Creates a new TaskError instance using the specified properties.
         * @function create
         * @memberof shoal.TaskError
         * @static
         * @param {shoal.TaskError.$Properties=} [properties] Properties to set
         * @returns {shoal.TaskError} TaskError instance
         * @type {{
         *   (properties: shoal.TaskError.$Shape): shoal.TaskError & shoal.TaskError.$Shape;
         *   (properties?: shoal.TaskError.$Properties): shoal.TaskError;
         * }}
         */
        TaskError.create = function(properties) {
            return new TaskError(properties);
        };

        /**
         * Encodes the specified TaskError message. Does not implicitly {@link shoal.TaskError.verify|verify} messages.
         * @function encode
         * @memberof shoal.TaskError
         * @static
         * @param {shoal.TaskError.$Properties} message TaskError message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        TaskError.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.node != null && $Object.hasOwnProperty.call(message, "node") && message.node !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.node);
            if (message.attempt != null && $Object.hasOwnProperty.call(message, "attempt") && message.attempt !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.attempt);
            if (message.code != null && $Object.hasOwnProperty.call(message, "code") && message.code !== "")
                writer.uint32(/* id 3, wireType 2 =*/26).string(message.code);
            if (message.message != null && $Object.hasOwnProperty.call(message, "message") && message.message !== "")
                writer.uint32(/* id 4, wireType 2 =*/34).string(message.message);
            if (message.ms != null && $Object.hasOwnProperty.call(message, "ms") && message.ms !== 0)
                writer.uint32(/* id 10, wireType 0 =*/80).uint32(message.ms);
            if (message.path != null && $Object.hasOwnProperty.call(message, "path") && message.path !== "")
                writer.uint32(/* id 20, wireType 2 =*/162).string(message.path);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a TaskError message from the specified reader or buffer.
         * @function decode
         * @memberof shoal.TaskError
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {shoal.TaskError & shoal.TaskError.$Shape} TaskError
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        TaskError.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.shoal.TaskError();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.node = value;
                        else
                            delete message.node;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.attempt = value;
                        else
                            delete message.attempt;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.code = value;
                        else
                            delete message.code;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.message = value;
                        else
                            delete message.message;
                        continue;
                    }
                case 10: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.ms = value;
                        else
                            delete message.ms;
                        continue;
                    }
                case 20: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.path = value;
                        else
                            delete message.path;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for TaskError
         * @function getTypeUrl
         * @memberof shoal.TaskError
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        TaskError.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/shoal.TaskError";
        };

        return TaskError;
    })();

    shoal.TaskCost = (function() {

        /**
         * Properties of a TaskCost.
         * @typedef {Object} shoal.TaskCost.$Properties
         * @property {number|null} [fetchMs] TaskCost fetchMs
         * @property {number|null} [storeMs] TaskCost storeMs
         * @property {number|null} [cpuMs] TaskCost cpuMs
         * @property {number|null} [fetchedBytes] TaskCost fetchedBytes
         * @property {number|null} [storedBytes] TaskCost storedBytes
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a TaskCost.
         * @memberof shoal
         * @interface ITaskCost
         * @augments shoal.TaskCost.$Properties
         * @deprecated Use shoal.TaskCost.$Properties instead.
         */

        /**
         * Shape of a TaskCost.
         * @typedef {shoal.TaskCost.$Properties} shoal.TaskCost.$Shape
         */

        /**
         * Constructs a new TaskCost.
         * @memberof shoal
         * @classdesc Represents a TaskCost.
         * @constructor
         * @param {shoal.TaskCost.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const TaskCost = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * TaskCost fetchMs.
         * @member {number} fetchMs
         * @memberof shoal.TaskCost
         * @instance
         */
        TaskCost.prototype.fetchMs = 0;

        /**
         * TaskCost storeMs.
         * @member {number} storeMs
         * @memberof shoal.TaskCost
         * @instance
         */
        TaskCost.prototype.storeMs = 0;

        /**
         * TaskCost cpuMs.
         * @member {number} cpuMs
         * @memberof shoal.TaskCost
         * @instance
         */
        TaskCost.prototype.cpuMs = 0;

        /**
         * TaskCost fetchedBytes.
         * @member {number} fetchedBytes
         * @memberof shoal.TaskCost
         * @instance
         */
        TaskCost.prototype.fetchedBytes = 0;

        /**
         * TaskCost storedBytes.
         * @member {number} storedBytes
         * @memberof shoal.TaskCost
         * @instance
         */
        TaskCost.prototype.storedBytes = 0;

        /**
         * Creates a new TaskCost instance using the specified properties.
         * @function create
         * @memberof shoal.TaskCost
         * @static
         * @param {shoal.TaskCost.$Properties=} [properties] Properties to set
         * @returns {shoal.TaskCost} TaskCost instance
         * @type {{
         *   (properties: shoal.TaskCost.$Shape): shoal.TaskCost & shoal.TaskCost.$Shape;
         *   (properties?: shoal.TaskCost.$Properties): shoal.TaskCost;
         * }}
         */
        TaskCost.create = function(properties) {
            return new TaskCost(properties);
        };

        /**
         * Encodes the specified TaskCost message. Does not implicitly {@link shoal.TaskCost.verify|verify} messages.
         * @function encode
         * @memberof shoal.TaskCost
         * @static
         * @param {shoal.TaskCost.$Properties} message TaskCost message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        TaskCost.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.fetchMs != null && $Object.hasOwnProperty.call(message, "fetchMs") && message.fetchMs !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.fetchMs);
            if (message.storeMs != null && $Object.hasOwnProperty.call(message, "storeMs") && message.storeMs !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.storeMs);
            if (message.cpuMs != null && $Object.hasOwnProperty.call(message, "cpuMs") && message.cpuMs !== 0)
                writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.cpuMs);
            if (message.fetchedBytes != null && $Object.hasOwnProperty.call(message, "fetchedBytes") && (typeof message.fetchedBytes === "object" ? message.fetchedBytes.low || message.fetchedBytes.high : message.fetchedBytes !== 0))
                writer.uint32(/* id 4, wireType 0 =*/32).uint64(message.fetchedBytes);
            if (message.storedBytes != null && $Object.hasOwnProperty.call(message, "storedBytes") && (typeof message.storedBytes === "object" ? message.storedBytes.low || message.storedBytes.high : message.storedBytes !== 0))
                writer.uint32(/* id 5, wireType 0 =*/40).uint64(message.storedBytes);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a TaskCost message from the specified reader or buffer.
         * @function decode
         * @memberof shoal.TaskCost
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {shoal.TaskCost & shoal.TaskCost.$Shape} TaskCost
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        TaskCost.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.shoal.TaskCost();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.fetchMs = value;
                        else
                            delete message.fetchMs;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.storeMs = value;
                        else
                            delete message.storeMs;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.cpuMs = value;
                        else
                            delete message.cpuMs;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.fetchedBytes = value;
                        else
                            delete message.fetchedBytes;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.storedBytes = value;
                        else
                            delete message.storedBytes;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for TaskCost
         * @function getTypeUrl
         * @memberof shoal.TaskCost
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        TaskCost.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/shoal.TaskCost";
        };

        return TaskCost;
    })();

    /**
     * TaskState enum.
     * @name shoal.TaskState
     * @enum {number}
     * @property {number} PENDING=0 PENDING value
     * @property {number} CLAIMED=1 CLAIMED value
     * @property {number} DONE=2 DONE value
     * @property {number} FAILED=3 FAILED value
     */
    shoal.TaskState = (function() {
        const valuesById = $Object.create(null), values = $Object.create(valuesById);
        values[valuesById[0] = "PENDING"] = 0;
        values[valuesById[1] = "CLAIMED"] = 1;
        values[valuesById[2] = "DONE"] = 2;
        values[valuesById[3] = "FAILED"] = 3;
        return values;
    })();

    shoal.TaskCopy = (function() {

        /**
         * Properties of a TaskCopy.
         * @typedef {Object} shoal.TaskCopy.$Properties
         * @property {number|null} [attempt] TaskCopy attempt
         * @property {string|null} [node] TaskCopy node
         * @property {string|null} [nonce] TaskCopy nonce
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a TaskCopy.
         * @memberof shoal
         * @interface ITaskCopy
         * @augments shoal.TaskCopy.$Properties
         * @deprecated Use shoal.TaskCopy.$Properties instead.
         */

        /**
         * Shape of a TaskCopy.
         * @typedef {shoal.TaskCopy.$Properties} shoal.TaskCopy.$Shape
         */

        /**
         * Constructs a new TaskCopy.
         * @memberof shoal
         * @classdesc Represents a TaskCopy.
         * @constructor
         * @param {shoal.TaskCopy.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const TaskCopy = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * TaskCopy attempt.
         * @member {number} attempt
         * @memberof shoal.TaskCopy
         * @instance
         */
        TaskCopy.prototype.attempt = 0;

        /**
         * TaskCopy node.
         * @member {string} node
         * @memberof shoal.TaskCopy
         * @instance
         */
        TaskCopy.prototype.node = "";

        /**
         * TaskCopy nonce.
         * @member {string} nonce
         * @memberof shoal.TaskCopy
         * @instance
         */
        TaskCopy.prototype.nonce = "";

        /**
         * Creates a new TaskCopy instance using the specified properties.
         * @function create
         * @memberof shoal.TaskCopy
         * @static
         * @param {shoal.TaskCopy.$Properties=} [properties] Properties to set
         * @returns {shoal.TaskCopy} TaskCopy instance
         * @type {{
         *   (properties: shoal.TaskCopy.$Shape): shoal.TaskCopy & shoal.TaskCopy.$Shape;
         *   (properties?: shoal.TaskCopy.$Properties): shoal.TaskCopy;
         * }}
         */
        TaskCopy.create = function(properties) {
            return new TaskCopy(properties);
        };

        /**
         * Encodes the specified TaskCopy message. Does not implicitly {@link shoal.TaskCopy.verify|verify} messages.
         * @function encode
         * @memberof shoal.TaskCopy
         * @static
         * @param {shoal.TaskCopy.$Properties} message TaskCopy message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        TaskCopy.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.attempt != null && $Object.hasOwnProperty.call(message, "attempt") && message.attempt !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.attempt);
            if (message.node != null && $Object.hasOwnProperty.call(message, "node") && message.node !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.node);
            if (message.nonce != null && $Object.hasOwnProperty.call(message, "nonce") && message.nonce !== "")
                writer.uint32(/* id 3, wireType 2 =*/26).string(message.nonce);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a TaskCopy message from the specified reader or buffer.
         * @function decode
         * @memberof shoal.TaskCopy
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {shoal.TaskCopy & shoal.TaskCopy.$Shape} TaskCopy
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        TaskCopy.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.shoal.TaskCopy();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.attempt = value;
                        else
                            delete message.attempt;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.node = value;
                        else
                            delete message.node;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.nonce = value;
                        else
                            delete message.nonce;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for TaskCopy
         * @function getTypeUrl
         * @memberof shoal.TaskCopy
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        TaskCopy.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/shoal.TaskCopy";
        };

        return TaskCopy;
    })();

    shoal.TaskRecord = (function() {

        /**
         * Properties of a TaskRecord.
         * @typedef {Object} shoal.TaskRecord.$Properties
         * @property {number|null} [minReader] TaskRecord minReader
         * @property {string|null} [job] TaskRecord job
         * @property {string|null} [task] TaskRecord task
         * @property {shoal.TaskState|null} [state] TaskRecord state
         * @property {number|null} [attempt] TaskRecord attempt
         * @property {string|null} [node] TaskRecord node
         * @property {string|null} [nonce] TaskRecord nonce
         * @property {string|null} [result] TaskRecord result
         * @property {number|null} [resultBytes] TaskRecord resultBytes
         * @property {number|null} [computeMs] TaskRecord computeMs
         * @property {Array.<shoal.TaskError.$Properties>|null} [errors] TaskRecord errors
         * @property {number|null} [losses] TaskRecord losses
         * @property {boolean|null} [isolated] TaskRecord isolated
         * @property {string|null} [traceparent] TaskRecord traceparent
         * @property {number|null} [term] TaskRecord term
         * @property {Uint8Array|null} [inlineResult] TaskRecord inlineResult
         * @property {number|null} [moves] TaskRecord moves
         * @property {string|null} [note] TaskRecord note
         * @property {string|null} [takenFrom] TaskRecord takenFrom
         * @property {string|null} [takenFor] TaskRecord takenFor
         * @property {number|null} [stalls] TaskRecord stalls
         * @property {shoal.TaskCopy.$Properties|null} [copy] TaskRecord copy
         * @property {number|null} [copies] TaskRecord copies
         * @property {number|null} [promoted] TaskRecord promoted
         * @property {shoal.TaskCost.$Properties|null} [cost] TaskRecord cost
         * @property {number|null} [lostMs] TaskRecord lostMs
         * @property {string|null} [plan] TaskRecord plan
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a TaskRecord.
         * @memberof shoal
         * @interface ITaskRecord
         * @augments shoal.TaskRecord.$Properties
         * @deprecated Use shoal.TaskRecord.$Properties instead.
         */

        /**
         * Shape of a TaskRecord.
         * @typedef {shoal.TaskRecord.$Properties} shoal.TaskRecord.$Shape
         */

        /**
         * Constructs a new TaskRecord.
         * @memberof shoal
         * @classdesc Represents a TaskRecord.
         * @constructor
         * @param {shoal.TaskRecord.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const TaskRecord = function (properties) {
            this.errors = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * TaskRecord minReader.
         * @member {number} minReader
         * @memberof shoal.TaskRecord
         * @instance
         */
        TaskRecord.prototype.minReader = 0;

        /**
         * TaskRecord job.
         * @member {string} job
         * @memberof shoal.TaskRecord
         * @instance
         */
        TaskRecord.prototype.job = "";

        /**
         * TaskRecord task.
         * @member {string} task
         * @memberof shoal.TaskRecord
         * @instance
         */
        TaskRecord.prototype.task = "";

        /**
         * TaskRecord state.
         * @member {shoal.TaskState} state
         * @memberof shoal.TaskRecord
         * @instance
         */
        TaskRecord.prototype.state = 0;

        /**
         * TaskRecord attempt.
         * @member {number} attempt
         * @memberof shoal.TaskRecord
         * @instance
         */
        TaskRecord.prototype.attempt = 0;

        /**
         * TaskRecord node.
         * @member {string} node
         * @memberof shoal.TaskRecord
         * @instance
         */
        TaskRecord.prototype.node = "";

        /**
         * TaskRecord nonce.
         * @member {string} nonce
         * @memberof shoal.TaskRecord
         * @instance
         */
        TaskRecord.prototype.nonce = "";

        /**
         * TaskRecord result.
         * @member {string} result
         * @memberof shoal.TaskRecord
         * @instance
         */
        TaskRecord.prototype.result = "";

        /**
         * TaskRecord resultBytes.
         * @member {number} resultBytes
         * @memberof shoal.TaskRecord
         * @instance
         */
        TaskRecord.prototype.resultBytes = 0;

        /**
         * TaskRecord computeMs.
         * @member {number} computeMs
         * @memberof shoal.TaskRecord
         * @instance
         */
        TaskRecord.prototype.computeMs = 0;

        /**
         * TaskRecord errors.
         * @member {Array.<shoal.TaskError.$Properties>} errors
         * @memberof shoal.TaskRecord
         * @instance
         */
        TaskRecord.prototype.errors = $util.emptyArray;

        /**
         * TaskRecord losses.
         * @member {number} losses
         * @memberof shoal.TaskRecord
         * @instance
         */
        TaskRecord.prototype.losses = 0;

        /**
         * TaskRecord isolated.
         * @member {boolean} isolated
         * @memberof shoal.TaskRecord
         * @instance
         */
        TaskRecord.prototype.isolated = false;

        /**
         * TaskRecord traceparent.
         * @member {string} traceparent
         * @memberof shoal.TaskRecord
         * @instance
         */
        TaskRecord.prototype.traceparent = "";

        /**
         * TaskRecord term.
         * @member {number} term
         * @memberof shoal.TaskRecord
         * @instance
         */
        TaskRecord.prototype.term = 0;

        /**
         * TaskRecord inlineResult.
         * @member {Uint8Array} inlineResult
         * @memberof shoal.TaskRecord
         * @instance
         */
        TaskRecord.prototype.inlineResult = $util.newBuffer([]);

        /**
         * TaskRecord moves.
         * @member {number} moves
         * @memberof shoal.TaskRecord
         * @instance
         */
        TaskRecord.prototype.moves = 0;

        /**
         * TaskRecord note.
         * @member {string} note
         * @memberof shoal.TaskRecord
         * @instance
         */
        TaskRecord.prototype.note = "";

        /**
         * TaskRecord takenFrom.
         * @member {string} takenFrom
         * @memberof shoal.TaskRecord
         * @instance
         */
        TaskRecord.prototype.takenFrom = "";

        /**
         * TaskRecord takenFor.
         * @member {string} takenFor
         * @memberof shoal.TaskRecord
         * @instance
         */
        TaskRecord.prototype.takenFor = "";

        /**
         * TaskRecord stalls.
         * @member {number} stalls
         * @memberof shoal.TaskRecord
         * @instance
         */
        TaskRecord.prototype.stalls = 0;

        /**
         * TaskRecord copy.
         * @member {shoal.TaskCopy.$Properties|null|undefined} copy
         * @memberof shoal.TaskRecord
         * @instance
         */
        TaskRecord.prototype.copy = null;

        /**
         * TaskRecord copies.
         * @member {number} copies
         * @memberof shoal.TaskRecord
         * @instance
         */
        TaskRecord.prototype.copies = 0;

        /**
         * TaskRecord promoted.
         * @member {number} promoted
         * @memberof shoal.TaskRecord
         * @instance
         */
        TaskRecord.prototype.promoted = 0;

        /**
         * TaskRecord cost.
         * @member {shoal.TaskCost.$Properties|null|undefined} cost
         * @memberof shoal.TaskRecord
         * @instance
         */
        TaskRecord.prototype.cost = null;

        /**
         * TaskRecord lostMs.
         * @member {number} lostMs
         * @memberof shoal.TaskRecord
         * @instance
         */
        TaskRecord.prototype.lostMs = 0;

        /**
         * TaskRecord plan.
         * @member {string} plan
         * @memberof shoal.TaskRecord
         * @instance
         */
        TaskRecord.prototype.plan = "";

        /**
         * Creates a new TaskRecord instance using the specified properties.
         * @function create
         * @memberof shoal.TaskRecord
         * @static
         * @param {shoal.TaskRecord.$Properties=} [properties] Properties to set
         * @returns {shoal.TaskRecord} TaskRecord instance
         * @type {{
         *   (properties: shoal.TaskRecord.$Shape): shoal.TaskRecord & shoal.TaskRecord.$Shape;
         *   (properties?: shoal.TaskRecord.$Properties): shoal.TaskRecord;
         * }}
         */
        TaskRecord.create = function(properties) {
            return new TaskRecord(properties);
        };

        /**
         * Encodes the specified TaskRecord message. Does not implicitly {@link shoal.TaskRecord.verify|verify} messages.
         * @function encode
         * @memberof shoal.TaskRecord
         * @static
         * @param {shoal.TaskRecord.$Properties} message TaskRecord message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        TaskRecord.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.minReader != null && $Object.hasOwnProperty.call(message, "minReader") && message.minReader !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.minReader);
            if (message.job != null && $Object.hasOwnProperty.call(message, "job") && message.job !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.job);
            if (message.task != null && $Object.hasOwnProperty.call(message, "task") && message.task !== "")
                writer.uint32(/* id 3, wireType 2 =*/26).string(message.task);
            if (message.state != null && $Object.hasOwnProperty.call(message, "state") && message.state !== 0)
                writer.uint32(/* id 4, wireType 0 =*/32).int32(message.state);
            if (message.attempt != null && $Object.hasOwnProperty.call(message, "attempt") && message.attempt !== 0)
                writer.uint32(/* id 5, wireType 0 =*/40).uint32(message.attempt);
            if (message.node != null && $Object.hasOwnProperty.call(message, "node") && message.node !== "")
                writer.uint32(/* id 6, wireType 2 =*/50).string(message.node);
            if (message.nonce != null && $Object.hasOwnProperty.call(message, "nonce") && message.nonce !== "")
                writer.uint32(/* id 7, wireType 2 =*/58).string(message.nonce);
            if (message.result != null && $Object.hasOwnProperty.call(message, "result") && message.result !== "")
                writer.uint32(/* id 8, wireType 2 =*/66).string(message.result);
            if (message.resultBytes != null && $Object.hasOwnProperty.call(message, "resultBytes") && (typeof message.resultBytes === "object" ? message.resultBytes.low || message.resultBytes.high : message.resultBytes !== 0))
                writer.uint32(/* id 9, wireType 0 =*/72).uint64(message.resultBytes);
            if (message.computeMs != null && $Object.hasOwnProperty.call(message, "computeMs") && message.computeMs !== 0)
                writer.uint32(/* id 10, wireType 0 =*/80).uint32(message.computeMs);
            if (message.errors != null && message.errors.length)
                for (let i = 0; i < message.errors.length; ++i)
                    $root.shoal.TaskError.encode(message.errors[i], writer.uint32(/* id 11, wireType 2 =*/90).fork(), _depth + 1).ldelim();
            if (message.losses != null && $Object.hasOwnProperty.call(message, "losses") && message.losses !== 0)
                writer.uint32(/* id 12, wireType 0 =*/96).uint32(message.losses);
            if (message.isolated != null && $Object.hasOwnProperty.call(message, "isolated") && message.isolated !== false)
                writer.uint32(/* id 13, wireType 0 =*/104).bool(message.isolated);
            if (message.traceparent != null && $Object.hasOwnProperty.call(message, "traceparent") && message.traceparent !== "")
                writer.uint32(/* id 14, wireType 2 =*/114).string(message.traceparent);
            if (message.term != null && $Object.hasOwnProperty.call(message, "term") && (typeof message.term === "object" ? message.term.low || message.term.high : message.term !== 0))
                writer.uint32(/* id 15, wireType 0 =*/120).uint64(message.term);
            if (message.inlineResult != null && $Object.hasOwnProperty.call(message, "inlineResult") && message.inlineResult.length)
                writer.uint32(/* id 16, wireType 2 =*/130).bytes(message.inlineResult);
            if (message.moves != null && $Object.hasOwnProperty.call(message, "moves") && message.moves !== 0)
                writer.uint32(/* id 17, wireType 0 =*/136).uint32(message.moves);
            if (message.note != null && $Object.hasOwnProperty.call(message, "note") && message.note !== "")
                writer.uint32(/* id 18, wireType 2 =*/146).string(message.note);
            if (message.takenFrom != null && $Object.hasOwnProperty.call(message, "takenFrom") && message.takenFrom !== "")
                writer.uint32(/* id 19, wireType 2 =*/154).string(message.takenFrom);
            if (message.takenFor != null && $Object.hasOwnProperty.call(message, "takenFor") && message.takenFor !== "")
                writer.uint32(/* id 20, wireType 2 =*/162).string(message.takenFor);
            if (message.stalls != null && $Object.hasOwnProperty.call(message, "stalls") && message.stalls !== 0)
                writer.uint32(/* id 21, wireType 0 =*/168).uint32(message.stalls);
            if (message.copy != null && $Object.hasOwnProperty.call(message, "copy"))
                $root.shoal.TaskCopy.encode(message.copy, writer.uint32(/* id 22, wireType 2 =*/178).fork(), _depth + 1).ldelim();
            if (message.copies != null && $Object.hasOwnProperty.call(message, "copies") && message.copies !== 0)
                writer.uint32(/* id 23, wireType 0 =*/184).uint32(message.copies);
            if (message.promoted != null && $Object.hasOwnProperty.call(message, "promoted") && message.promoted !== 0)
                writer.uint32(/* id 24, wireType 0 =*/192).uint32(message.promoted);
            if (message.plan != null && $Object.hasOwnProperty.call(message, "plan") && message.plan !== "")
                writer.uint32(/* id 26, wireType 2 =*/210).string(message.plan);
            if (message.cost != null && $Object.hasOwnProperty.call(message, "cost"))
                $root.shoal.TaskCost.encode(message.cost, writer.uint32(/* id 30, wireType 2 =*/242).fork(), _depth + 1).ldelim();
            if (message.lostMs != null && $Object.hasOwnProperty.call(message, "lostMs") && message.lostMs !== 0)
                writer.uint32(/* id 31, wireType 0 =*/248).uint32(message.lostMs);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a TaskRecord message from the specified reader or buffer.
         * @function decode
         * @memberof shoal.TaskRecord
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {shoal.TaskRecord & shoal.TaskRecord.$Shape} TaskRecord
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        TaskRecord.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.shoal.TaskRecord();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.minReader = value;
                        else
                            delete message.minReader;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.job = value;
                        else
                            delete message.job;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.task = value;
                        else
                            delete message.task;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.state = value;
                        else
                            delete message.state;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.attempt = value;
                        else
                            delete message.attempt;
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.node = value;
                        else
                            delete message.node;
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.nonce = value;
                        else
                            delete message.nonce;
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.result = value;
                        else
                            delete message.result;
                        continue;
                    }
                case 9: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.resultBytes = value;
                        else
                            delete message.resultBytes;
                        continue;
                    }
                case 10: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.computeMs = value;
                        else
                            delete message.computeMs;
                        continue;
                    }
                case 11: {
                        if (wireType !== 2)
                            break;
                        if (!(message.errors && message.errors.length))
                            message.errors = [];
                        message.errors.push($root.shoal.TaskError.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 12: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.losses = value;
                        else
                            delete message.losses;
                        continue;
                    }
                case 13: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.isolated = value;
                        else
                            delete message.isolated;
                        continue;
                    }
                case 14: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.traceparent = value;
                        else
                            delete message.traceparent;
                        continue;
                    }
                case 15: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.term = value;
                        else
                            delete message.term;
                        continue;
                    }
                case 16: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.inlineResult = value;
                        else
                            delete message.inlineResult;
                        continue;
                    }
                case 17: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.moves = value;
                        else
                            delete message.moves;
                        continue;
                    }
                case 18: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.note = value;
                        else
                            delete message.note;
                        continue;
                    }
                case 19: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.takenFrom = value;
                        else
                            delete message.takenFrom;
                        continue;
                    }
                case 20: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.takenFor = value;
                        else
                            delete message.takenFor;
                        continue;
                    }
                case 21: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.stalls = value;
                        else
                            delete message.stalls;
                        continue;
                    }
                case 22: {
                        if (wireType !== 2)
                            break;
                        message.copy = $root.shoal.TaskCopy.decode(reader, reader.size(), $undefined, _depth + 1, message.copy);
                        continue;
                    }
                case 23: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.copies = value;
                        else
                            delete message.copies;
                        continue;
                    }
                case 24: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.promoted = value;
                        else
                            delete message.promoted;
                        continue;
                    }
                case 30: {
                        if (wireType !== 2)
                            break;
                        message.cost = $root.shoal.TaskCost.decode(reader, reader.size(), $undefined, _depth + 1, message.cost);
                        continue;
                    }
                case 31: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.lostMs = value;
                        else
                            delete message.lostMs;
                        continue;
                    }
                case 26: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.plan = value;
                        else
                            delete message.plan;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for TaskRecord
         * @function getTypeUrl
         * @memberof shoal.TaskRecord
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        TaskRecord.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/shoal.TaskRecord";
        };

        return TaskRecord;
    })();

    shoal.RoundStateRecord = (function() {

        /**
         * Properties of a RoundStateRecord.
         * @typedef {Object} shoal.RoundStateRecord.$Properties
         * @property {number|null} [minReader] RoundStateRecord minReader
         * @property {number|null} [attempt] RoundStateRecord attempt
         * @property {string|null} [node] RoundStateRecord node
         * @property {string|null} [nonce] RoundStateRecord nonce
         * @property {number|null} [round] RoundStateRecord round
         * @property {string|null} [state] RoundStateRecord state
         * @property {number|null} [size] RoundStateRecord size
         * @property {Uint8Array|null} [inline] RoundStateRecord inline
         * @property {number|null} [slot] RoundStateRecord slot
         * @property {number|null} [chunks] RoundStateRecord chunks
         * @property {string|null} [metrics] RoundStateRecord metrics
         * @property {number|null} [writtenAtMs] RoundStateRecord writtenAtMs
         * @property {string|null} [plan] RoundStateRecord plan
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a RoundStateRecord.
         * @memberof shoal
         * @interface IRoundStateRecord
         * @augments shoal.RoundStateRecord.$Properties
         * @deprecated Use shoal.RoundStateRecord.$Properties instead.
         */

        /**
         * Shape of a RoundStateRecord.
         * @typedef {shoal.RoundStateRecord.$Properties} shoal.RoundStateRecord.$Shape
         */

        /**
         * Constructs a new RoundStateRecord.
         * @memberof shoal
         * @classdesc Represents a RoundStateRecord.
         * @constructor
         * @param {shoal.RoundStateRecord.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const RoundStateRecord = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * RoundStateRecord minReader.
         * @member {number} minReader
         * @memberof shoal.RoundStateRecord
         * @instance
         */
        RoundStateRecord.prototype.minReader = 0;

        /**
         * RoundStateRecord attempt.
         * @member {number} attempt
         * @memberof shoal.RoundStateRecord
         * @instance
         */
        RoundStateRecord.prototype.attempt = 0;

        /**
         * RoundStateRecord node.
         * @member {string} node
         * @memberof shoal.RoundStateRecord
         * @instance
         */
        RoundStateRecord.prototype.node = "";

        /**
         * RoundStateRecord nonce.
         * @member {string} nonce
         * @memberof shoal.RoundStateRecord
         * @instance
         */
        RoundStateRecord.prototype.nonce = "";

        /**
         * RoundStateRecord round.
         * @member {number} round
         * @memberof shoal.RoundStateRecord
         * @instance
         */
        RoundStateRecord.prototype.round = 0;

        /**
         * RoundStateRecord state.
         * @member {string} state
         * @memberof shoal.RoundStateRecord
         * @instance
         */
        RoundStateRecord.prototype.state = "";

        /**
         * RoundStateRecord size.
         * @member {number} size
         * @memberof shoal.RoundStateRecord
         * @instance
         */
        RoundStateRecord.prototype.size = 0;

        /**
         * RoundStateRecord inline.
         * @member {Uint8Array} inline
         * @memberof shoal.RoundStateRecord
         * @instance
         */
        RoundStateRecord.prototype.inline = $util.newBuffer([]);

        /**
         * RoundStateRecord slot.
         * @member {number} slot
         * @memberof shoal.RoundStateRecord
         * @instance
         */
        RoundStateRecord.prototype.slot = 0;

        /**
         * RoundStateRecord chunks.
         * @member {number} chunks
         * @memberof shoal.RoundStateRecord
         * @instance
         */
        RoundStateRecord.prototype.chunks = 0;

        /**
         * RoundStateRecord metrics.
         * @member {string} metrics
         * @memberof shoal.RoundStateRecord
         * @instance
         */
        RoundStateRecord.prototype.metrics = "";

        /**
         * RoundStateRecord writtenAtMs.
         * @member {number} writtenAtMs
         * @memberof shoal.RoundStateRecord
         * @instance
         */
        RoundStateRecord.prototype.writtenAtMs = 0;

        /**
         * RoundStateRecord plan.
         * @member {string} plan
         * @memberof shoal.RoundStateRecord
         * @instance
         */
        RoundStateRecord.prototype.plan = "";

        /**
         * Creates a new RoundStateRecord instance using the specified properties.
         * @function create
         * @memberof shoal.RoundStateRecord
         * @static
         * @param {shoal.RoundStateRecord.$Properties=} [properties] Properties to set
         * @returns {shoal.RoundStateRecord} RoundStateRecord instance
         * @type {{
         *   (properties: shoal.RoundStateRecord.$Shape): shoal.RoundStateRecord & shoal.RoundStateRecord.$Shape;
         *   (properties?: shoal.RoundStateRecord.$Properties): shoal.RoundStateRecord;
         * }}
         */
        RoundStateRecord.create = function(properties) {
            return new RoundStateRecord(properties);
        };

        /**
         * Encodes the specified RoundStateRecord message. Does not implicitly {@link shoal.RoundStateRecord.verify|verify} messages.
         * @function encode
         * @memberof shoal.RoundStateRecord
         * @static
         * @param {shoal.RoundStateRecord.$Properties} message RoundStateRecord message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        RoundStateRecord.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.minReader != null && $Object.hasOwnProperty.call(message, "minReader") && message.minReader !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.minReader);
            if (message.attempt != null && $Object.hasOwnProperty.call(message, "attempt") && message.attempt !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.attempt);
            if (message.node != null && $Object.hasOwnProperty.call(message, "node") && message.node !== "")
                writer.uint32(/* id 3, wireType 2 =*/26).string(message.node);
            if (message.nonce != null && $Object.hasOwnProperty.call(message, "nonce") && message.nonce !== "")
                writer.uint32(/* id 4, wireType 2 =*/34).string(message.nonce);
            if (message.round != null && $Object.hasOwnProperty.call(message, "round") && message.round !== 0)
                writer.uint32(/* id 5, wireType 0 =*/40).uint32(message.round);
            if (message.state != null && $Object.hasOwnProperty.call(message, "state") && message.state !== "")
                writer.uint32(/* id 6, wireType 2 =*/50).string(message.state);
            if (message.size != null && $Object.hasOwnProperty.call(message, "size") && (typeof message.size === "object" ? message.size.low || message.size.high : message.size !== 0))
                writer.uint32(/* id 7, wireType 0 =*/56).uint64(message.size);
            if (message.inline != null && $Object.hasOwnProperty.call(message, "inline") && message.inline.length)
                writer.uint32(/* id 8, wireType 2 =*/66).bytes(message.inline);
            if (message.slot != null && $Object.hasOwnProperty.call(message, "slot") && message.slot !== 0)
                writer.uint32(/* id 9, wireType 0 =*/72).uint32(message.slot);
            if (message.chunks != null && $Object.hasOwnProperty.call(message, "chunks") && message.chunks !== 0)
                writer.uint32(/* id 10, wireType 0 =*/80).uint32(message.chunks);
            if (message.metrics != null && $Object.hasOwnProperty.call(message, "metrics") && message.metrics !== "")
                writer.uint32(/* id 11, wireType 2 =*/90).string(message.metrics);
            if (message.writtenAtMs != null && $Object.hasOwnProperty.call(message, "writtenAtMs") && (typeof message.writtenAtMs === "object" ? message.writtenAtMs.low || message.writtenAtMs.high : message.writtenAtMs !== 0))
                writer.uint32(/* id 12, wireType 0 =*/96).uint64(message.writtenAtMs);
            if (message.plan != null && $Object.hasOwnProperty.call(message, "plan") && message.plan !== "")
                writer.uint32(/* id 20, wireType 2 =*/162).string(message.plan);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a RoundStateRecord message from the specified reader or buffer.
         * @function decode
         * @memberof shoal.RoundStateRecord
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {shoal.RoundStateRecord & shoal.RoundStateRecord.$Shape} RoundStateRecord
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        RoundStateRecord.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.shoal.RoundStateRecord();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.minReader = value;
                        else
                            delete message.minReader;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.attempt = value;
                        else
                            delete message.attempt;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.node = value;
                        else
                            delete message.node;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.nonce = value;
                        else
                            delete message.nonce;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.round = value;
                        else
                            delete message.round;
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.state = value;
                        else
                            delete message.state;
                        continue;
                    }
                case 7: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.size = value;
                        else
                            delete message.size;
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.inline = value;
                        else
                            delete message.inline;
                        continue;
                    }
                case 9: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.slot = value;
                        else
                            delete message.slot;
                        continue;
                    }
                case 10: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.chunks = value;
                        else
                            delete message.chunks;
                        continue;
                    }
                case 11: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.metrics = value;
                        else
                            delete message.metrics;
                        continue;
                    }
                case 12: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.writtenAtMs = value;
                        else
                            delete message.writtenAtMs;
                        continue;
                    }
                case 20: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.plan = value;
                        else
                            delete message.plan;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for RoundStateRecord
         * @function getTypeUrl
         * @memberof shoal.RoundStateRecord
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        RoundStateRecord.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/shoal.RoundStateRecord";
        };

        return RoundStateRecord;
    })();

    shoal.OutboxEvent = (function() {

        /**
         * Properties of an OutboxEvent.
         * @typedef {Object} shoal.OutboxEvent.$Properties
         * @property {number|null} [n] OutboxEvent n
         * @property {string|null} [kind] OutboxEvent kind
         * @property {Uint8Array|null} [json] OutboxEvent json
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of an OutboxEvent.
         * @memberof shoal
         * @interface IOutboxEvent
         * @augments shoal.OutboxEvent.$Properties
         * @deprecated Use shoal.OutboxEvent.$Properties instead.
         */

        /**
         * Shape of an OutboxEvent.
         * @typedef {shoal.OutboxEvent.$Properties} shoal.OutboxEvent.$Shape
         */

        /**
         * Constructs a new OutboxEvent.
         * @memberof shoal
         * @classdesc Represents an OutboxEvent.
         * @constructor
         * @param {shoal.OutboxEvent.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const OutboxEvent = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * OutboxEvent n.
         * @member {number} n
         * @memberof shoal.OutboxEvent
         * @instance
         */
        OutboxEvent.prototype.n = 0;

        /**
         * OutboxEvent kind.
         * @member {string} kind
         * @memberof shoal.OutboxEvent
         * @instance
         */
        OutboxEvent.prototype.kind = "";

        /**
         * OutboxEvent json.
         * @member {Uint8Array} json
         * @memberof shoal.OutboxEvent
         * @instance
         */
        OutboxEvent.prototype.json = $util.newBuffer([]);

        /**
         * Creates a new OutboxEvent instance using the specified properties.
         * @function create
         * @memberof shoal.OutboxEvent
         * @static
         * @param {shoal.OutboxEvent.$Properties=} [properties] Properties to set
         * @returns {shoal.OutboxEvent} OutboxEvent instance
         * @type {{
         *   (properties: shoal.OutboxEvent.$Shape): shoal.OutboxEvent & shoal.OutboxEvent.$Shape;
         *   (properties?: shoal.OutboxEvent.$Properties): shoal.OutboxEvent;
         * }}
         */
        OutboxEvent.create = function(properties) {
            return new OutboxEvent(properties);
        };

        /**
         * Encodes the specified OutboxEvent message. Does not implicitly {@link shoal.OutboxEvent.verify|verify} messages.
         * @function encode
         * @memberof shoal.OutboxEvent
         * @static
         * @param {shoal.OutboxEvent.$Properties} message OutboxEvent message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        OutboxEvent.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.n != null && $Object.hasOwnProperty.call(message, "n") && (typeof message.n === "object" ? message.n.low || message.n.high : message.n !== 0))
                writer.uint32(/* id 1, wireType 0 =*/8).uint64(message.n);
            if (message.kind != null && $Object.hasOwnProperty.call(message, "kind") && message.kind !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.kind);
            if (message.json != null && $Object.hasOwnProperty.call(message, "json") && message.json.length)
                writer.uint32(/* id 3, wireType 2 =*/26).bytes(message.json);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes an OutboxEvent message from the specified reader or buffer.
         * @function decode
         * @memberof shoal.OutboxEvent
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {shoal.OutboxEvent & shoal.OutboxEvent.$Shape} OutboxEvent
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        OutboxEvent.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.shoal.OutboxEvent();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.n = value;
                        else
                            delete message.n;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.kind = value;
                        else
                            delete message.kind;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.json = value;
                        else
                            delete message.json;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for OutboxEvent
         * @function getTypeUrl
         * @memberof shoal.OutboxEvent
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        OutboxEvent.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/shoal.OutboxEvent";
        };

        return OutboxEvent;
    })();

    shoal.StageInput = (function() {

        /**
         * Properties of a StageInput.
         * @typedef {Object} shoal.StageInput.$Properties
         * @property {string|null} [stage] StageInput stage
         * @property {string|null} [digest] StageInput digest
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a StageInput.
         * @memberof shoal
         * @interface IStageInput
         * @augments shoal.StageInput.$Properties
         * @deprecated Use shoal.StageInput.$Properties instead.
         */

        /**
         * Shape of a StageInput.
         * @typedef {shoal.StageInput.$Properties} shoal.StageInput.$Shape
         */

        /**
         * Constructs a new StageInput.
         * @memberof shoal
         * @classdesc Represents a StageInput.
         * @constructor
         * @param {shoal.StageInput.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const StageInput = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * StageInput stage.
         * @member {string} stage
         * @memberof shoal.StageInput
         * @instance
         */
        StageInput.prototype.stage = "";

        /**
         * StageInput digest.
         * @member {string} digest
         * @memberof shoal.StageInput
         * @instance
         */
        StageInput.prototype.digest = "";

        /**
         * Creates a new StageInput instance using the specified properties.
         * @function create
         * @memberof shoal.StageInput
         * @static
         * @param {shoal.StageInput.$Properties=} [properties] Properties to set
         * @returns {shoal.StageInput} StageInput instance
         * @type {{
         *   (properties: shoal.StageInput.$Shape): shoal.StageInput & shoal.StageInput.$Shape;
         *   (properties?: shoal.StageInput.$Properties): shoal.StageInput;
         * }}
         */
        StageInput.create = function(properties) {
            return new StageInput(properties);
        };

        /**
         * Encodes the specified StageInput message. Does not implicitly {@link shoal.StageInput.verify|verify} messages.
         * @function encode
         * @memberof shoal.StageInput
         * @static
         * @param {shoal.StageInput.$Properties} message StageInput message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        StageInput.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.stage != null && $Object.hasOwnProperty.call(message, "stage") && message.stage !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.stage);
            if (message.digest != null && $Object.hasOwnProperty.call(message, "digest") && message.digest !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.digest);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a StageInput message from the specified reader or buffer.
         * @function decode
         * @memberof shoal.StageInput
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {shoal.StageInput & shoal.StageInput.$Shape} StageInput
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        StageInput.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.shoal.StageInput();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.stage = value;
                        else
                            delete message.stage;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.digest = value;
                        else
                            delete message.digest;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for StageInput
         * @function getTypeUrl
         * @memberof shoal.StageInput
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        StageInput.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/shoal.StageInput";
        };

        return StageInput;
    })();

    shoal.JobRecord = (function() {

        /**
         * Properties of a JobRecord.
         * @typedef {Object} shoal.JobRecord.$Properties
         * @property {number|null} [minReader] JobRecord minReader
         * @property {string|null} [job] JobRecord job
         * @property {number|null} [term] JobRecord term
         * @property {string|null} [machine] JobRecord machine
         * @property {number|null} [machineVersion] JobRecord machineVersion
         * @property {string|null} [snapshot] JobRecord snapshot
         * @property {string|null} [specDigest] JobRecord specDigest
         * @property {string|null} [spec] JobRecord spec
         * @property {string|null} [resolved] JobRecord resolved
         * @property {string|null} [plan] JobRecord plan
         * @property {Array.<shoal.StageInput.$Properties>|null} [inputs] JobRecord inputs
         * @property {number|null} [events] JobRecord events
         * @property {string|null} [lastHash] JobRecord lastHash
         * @property {Array.<shoal.OutboxEvent.$Properties>|null} [outbox] JobRecord outbox
         * @property {number|null} [acceptedAtMs] JobRecord acceptedAtMs
         * @property {number|null} [finishedAtMs] JobRecord finishedAtMs
         * @property {string|null} [traceparent] JobRecord traceparent
         * @property {number|null} [reassigned] JobRecord reassigned
         * @property {number|null} [attemptsMax] JobRecord attemptsMax
         * @property {number|null} [moves] JobRecord moves
         * @property {string|null} [result] JobRecord result
         * @property {boolean|null} [traceClosed] JobRecord traceClosed
         * @property {number|null} [submissionSeq] JobRecord submissionSeq
         * @property {number|null} [commitsRefused] JobRecord commitsRefused
         * @property {Array.<shoal.ToldTasks.$Properties>|null} [told] JobRecord told
         * @property {boolean|null} [removing] JobRecord removing
         * @property {string|null} [settings] JobRecord settings
         * @property {number|null} [placedLocal] JobRecord placedLocal
         * @property {number|null} [placedRemote] JobRecord placedRemote
         * @property {Array.<shoal.StageTime.$Properties>|null} [time] JobRecord time
         * @property {number|null} [pausedMs] JobRecord pausedMs
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a JobRecord.
         * @memberof shoal
         * @interface IJobRecord
         * @augments shoal.JobRecord.$Properties
         * @deprecated Use shoal.JobRecord.$Properties instead.
         */

        /**
         * Shape of a JobRecord.
         * @typedef {shoal.JobRecord.$Properties} shoal.JobRecord.$Shape
         */

        /**
         * Constructs a new JobRecord.
         * @memberof shoal
         * @classdesc Represents a JobRecord.
         * @constructor
         * @param {shoal.JobRecord.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const JobRecord = function (properties) {
            this.inputs = [];
            this.outbox = [];
            this.told = [];
            this.time = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * JobRecord minReader.
         * @member {number} minReader
         * @memberof shoal.JobRecord
         * @instance
         */
        JobRecord.prototype.minReader = 0;

        /**
         * JobRecord job.
         * @member {string} job
         * @memberof shoal.JobRecord
         * @instance
         */
        JobRecord.prototype.job = "";

        /**
         * JobRecord term.
         * @member {number} term
         * @memberof shoal.JobRecord
         * @instance
         */
        JobRecord.prototype.term = 0;

        /**
         * JobRecord machine.
         * @member {string} machine
         * @memberof shoal.JobRecord
         * @instance
         */
        JobRecord.prototype.machine = "";

        /**
         * JobRecord machineVersion.
         * @member {number} machineVersion
         * @memberof shoal.JobRecord
         * @instance
         */
        JobRecord.prototype.machineVersion = 0;

        /**
         * JobRecord snapshot.
         * @member {string} snapshot
         * @memberof shoal.JobRecord
         * @instance
         */
        JobRecord.prototype.snapshot = "";

        /**
         * JobRecord specDigest.
         * @member {string} specDigest
         * @memberof shoal.JobRecord
         * @instance
         */
        JobRecord.prototype.specDigest = "";

        /**
         * JobRecord spec.
         * @member {string} spec
         * @memberof shoal.JobRecord
         * @instance
         */
        JobRecord.prototype.spec = "";

        /**
         * JobRecord resolved.
         * @member {string} resolved
         * @memberof shoal.JobRecord
         * @instance
         */
        JobRecord.prototype.resolved = "";

        /**
         * JobRecord plan.
         * @member {string} plan
         * @memberof shoal.JobRecord
         * @instance
         */
        JobRecord.prototype.plan = "";

        /**
         * JobRecord inputs.
         * @member {Array.<shoal.StageInput.$Properties>} inputs
         * @memberof shoal.JobRecord
         * @instance
         */
        JobRecord.prototype.inputs = $util.emptyArray;

        /**
         * JobRecord events.
         * @member {number} events
         * @memberof shoal.JobRecord
         * @instance
         */
        JobRecord.prototype.events = 0;

        /**
         * JobRecord lastHash.
         * @member {string} lastHash
         * @memberof shoal.JobRecord
         * @instance
         */
        JobRecord.prototype.lastHash = "";

        /**
         * JobRecord outbox.
         * @member {Array.<shoal.OutboxEvent.$Properties>} outbox
         * @memberof shoal.JobRecord
         * @instance
         */
        JobRecord.prototype.outbox = $util.emptyArray;

        /**
         * JobRecord acceptedAtMs.
         * @member {number} acceptedAtMs
         * @memberof shoal.JobRecord
         * @instance
         */
        JobRecord.prototype.acceptedAtMs = 0;

        /**
         * JobRecord finishedAtMs.
         * @member {number} finishedAtMs
         * @memberof shoal.JobRecord
         * @instance
         */
        JobRecord.prototype.finishedAtMs = 0;

        /**
         * JobRecord traceparent.
         * @member {string} traceparent
         * @memberof shoal.JobRecord
         * @instance
         */
        JobRecord.prototype.traceparent = "";

        /**
         * JobRecord reassigned.
         * @member {number} reassigned
         * @memberof shoal.JobRecord
         * @instance
         */
        JobRecord.prototype.reassigned = 0;

        /**
         * JobRecord attemptsMax.
         * @member {number} attemptsMax
         * @memberof shoal.JobRecord
         * @instance
         */
        JobRecord.prototype.attemptsMax = 0;

        /**
         * JobRecord moves.
         * @member {number} moves
         * @memberof shoal.JobRecord
         * @instance
         */
        JobRecord.prototype.moves = 0;

        /**
         * JobRecord result.
         * @member {string} result
         * @memberof shoal.JobRecord
         * @instance
         */
        JobRecord.prototype.result = "";

        /**
         * JobRecord traceClosed.
         * @member {boolean} traceClosed
         * @memberof shoal.JobRecord
         * @instance
         */
        JobRecord.prototype.traceClosed = false;

        /**
         * JobRecord submissionSeq.
         * @member {number} submissionSeq
         * @memberof shoal.JobRecord
         * @instance
         */
        JobRecord.prototype.submissionSeq = 0;

        /**
         * JobRecord commitsRefused.
         * @member {number} commitsRefused
         * @memberof shoal.JobRecord
         * @instance
         */
        JobRecord.prototype.commitsRefused = 0;

        /**
         * JobRecord told.
         * @member {Array.<shoal.ToldTasks.$Properties>} told
         * @memberof shoal.JobRecord
         * @instance
         */
        JobRecord.prototype.told = $util.emptyArray;

        /**
         * JobRecord removing.
         * @member {boolean} removing
         * @memberof shoal.JobRecord
         * @instance
         */
        JobRecord.prototype.removing = false;

        /**
         * JobRecord settings.
         * @member {string} settings
         * @memberof shoal.JobRecord
         * @instance
         */
        JobRecord.prototype.settings = "";

        /**
         * JobRecord placedLocal.
         * @member {number} placedLocal
         * @memberof shoal.JobRecord
         * @instance
         */
        JobRecord.prototype.placedLocal = 0;

        /**
         * JobRecord placedRemote.
         * @member {number} placedRemote
         * @memberof shoal.JobRecord
         * @instance
         */
        JobRecord.prototype.placedRemote = 0;

        /**
         * JobRecord time.
         * @member {Array.<shoal.StageTime.$Properties>} time
         * @memberof shoal.JobRecord
         * @instance
         */
        JobRecord.prototype.time = $util.emptyArray;

        /**
         * JobRecord pausedMs.
         * @member {number} pausedMs
         * @memberof shoal.JobRecord
         * @instance
         */
        JobRecord.prototype.pausedMs = 0;

        /**
         * Creates a new JobRecord instance using the specified properties.
         * @function create
         * @memberof shoal.JobRecord
         * @static
         * @param {shoal.JobRecord.$Properties=} [properties] Properties to set
         * @returns {shoal.JobRecord} JobRecord instance
         * @type {{
         *   (properties: shoal.JobRecord.$Shape): shoal.JobRecord & shoal.JobRecord.$Shape;
         *   (properties?: shoal.JobRecord.$Properties): shoal.JobRecord;
         * }}
         */
        JobRecord.create = function(properties) {
            return new JobRecord(properties);
        };

        /**
         * Encodes the specified JobRecord message. Does not implicitly {@link shoal.JobRecord.verify|verify} messages.
         * @function encode
         * @memberof shoal.JobRecord
         * @static
         * @param {shoal.JobRecord.$Properties} message JobRecord message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        JobRecord.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.minReader != null && $Object.hasOwnProperty.call(message, "minReader") && message.minReader !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.minReader);
            if (message.job != null && $Object.hasOwnProperty.call(message, "job") && message.job !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.job);
            if (message.term != null && $Object.hasOwnProperty.call(message, "term") && (typeof message.term === "object" ? message.term.low || message.term.high : message.term !== 0))
                writer.uint32(/* id 3, wireType 0 =*/24).uint64(message.term);
            if (message.machine != null && $Object.hasOwnProperty.call(message, "machine") && message.machine !== "")
                writer.uint32(/* id 4, wireType 2 =*/34).string(message.machine);
            if (message.machineVersion != null && $Object.hasOwnProperty.call(message, "machineVersion") && message.machineVersion !== 0)
                writer.uint32(/* id 5, wireType 0 =*/40).uint32(message.machineVersion);
            if (message.snapshot != null && $Object.hasOwnProperty.call(message, "snapshot") && message.snapshot !== "")
                writer.uint32(/* id 6, wireType 2 =*/50).string(message.snapshot);
            if (message.specDigest != null && $Object.hasOwnProperty.call(message, "specDigest") && message.specDigest !== "")
                writer.uint32(/* id 7, wireType 2 =*/58).string(message.specDigest);
            if (message.spec != null && $Object.hasOwnProperty.call(message, "spec") && message.spec !== "")
                writer.uint32(/* id 8, wireType 2 =*/66).string(message.spec);
            if (message.resolved != null && $Object.hasOwnProperty.call(message, "resolved") && message.resolved !== "")
                writer.uint32(/* id 9, wireType 2 =*/74).string(message.resolved);
            if (message.plan != null && $Object.hasOwnProperty.call(message, "plan") && message.plan !== "")
                writer.uint32(/* id 10, wireType 2 =*/82).string(message.plan);
            if (message.inputs != null && message.inputs.length)
                for (let i = 0; i < message.inputs.length; ++i)
                    $root.shoal.StageInput.encode(message.inputs[i], writer.uint32(/* id 11, wireType 2 =*/90).fork(), _depth + 1).ldelim();
            if (message.events != null && $Object.hasOwnProperty.call(message, "events") && (typeof message.events === "object" ? message.events.low || message.events.high : message.events !== 0))
                writer.uint32(/* id 12, wireType 0 =*/96).uint64(message.events);
            if (message.lastHash != null && $Object.hasOwnProperty.call(message, "lastHash") && message.lastHash !== "")
                writer.uint32(/* id 13, wireType 2 =*/106).string(message.lastHash);
            if (message.outbox != null && message.outbox.length)
                for (let i = 0; i < message.outbox.length; ++i)
                    $root.shoal.OutboxEvent.encode(message.outbox[i], writer.uint32(/* id 14, wireType 2 =*/114).fork(), _depth + 1).ldelim();
            if (message.acceptedAtMs != null && $Object.hasOwnProperty.call(message, "acceptedAtMs") && (typeof message.acceptedAtMs === "object" ? message.acceptedAtMs.low || message.acceptedAtMs.high : message.acceptedAtMs !== 0))
                writer.uint32(/* id 15, wireType 0 =*/120).uint64(message.acceptedAtMs);
            if (message.finishedAtMs != null && $Object.hasOwnProperty.call(message, "finishedAtMs") && (typeof message.finishedAtMs === "object" ? message.finishedAtMs.low || message.finishedAtMs.high : message.finishedAtMs !== 0))
                writer.uint32(/* id 16, wireType 0 =*/128).uint64(message.finishedAtMs);
            if (message.traceparent != null && $Object.hasOwnProperty.call(message, "traceparent") && message.traceparent !== "")
                writer.uint32(/* id 17, wireType 2 =*/138).string(message.traceparent);
            if (message.reassigned != null && $Object.hasOwnProperty.call(message, "reassigned") && message.reassigned !== 0)
                writer.uint32(/* id 18, wireType 0 =*/144).uint32(message.reassigned);
            if (message.attemptsMax != null && $Object.hasOwnProperty.call(message, "attemptsMax") && message.attemptsMax !== 0)
                writer.uint32(/* id 19, wireType 0 =*/152).uint32(message.attemptsMax);
            if (message.moves != null && $Object.hasOwnProperty.call(message, "moves") && message.moves !== 0)
                writer.uint32(/* id 20, wireType 0 =*/160).uint32(message.moves);
            if (message.result != null && $Object.hasOwnProperty.call(message, "result") && message.result !== "")
                writer.uint32(/* id 21, wireType 2 =*/170).string(message.result);
            if (message.traceClosed != null && $Object.hasOwnProperty.call(message, "traceClosed") && message.traceClosed !== false)
                writer.uint32(/* id 22, wireType 0 =*/176).bool(message.traceClosed);
            if (message.submissionSeq != null && $Object.hasOwnProperty.call(message, "submissionSeq") && (typeof message.submissionSeq === "object" ? message.submissionSeq.low || message.submissionSeq.high : message.submissionSeq !== 0))
                writer.uint32(/* id 23, wireType 0 =*/184).uint64(message.submissionSeq);
            if (message.commitsRefused != null && $Object.hasOwnProperty.call(message, "commitsRefused") && message.commitsRefused !== 0)
                writer.uint32(/* id 24, wireType 0 =*/192).uint32(message.commitsRefused);
            if (message.told != null && message.told.length)
                for (let i = 0; i < message.told.length; ++i)
                    $root.shoal.ToldTasks.encode(message.told[i], writer.uint32(/* id 25, wireType 2 =*/202).fork(), _depth + 1).ldelim();
            if (message.settings != null && $Object.hasOwnProperty.call(message, "settings") && message.settings !== "")
                writer.uint32(/* id 26, wireType 2 =*/210).string(message.settings);
            if (message.placedLocal != null && $Object.hasOwnProperty.call(message, "placedLocal") && (typeof message.placedLocal === "object" ? message.placedLocal.low || message.placedLocal.high : message.placedLocal !== 0))
                writer.uint32(/* id 27, wireType 0 =*/216).uint64(message.placedLocal);
            if (message.placedRemote != null && $Object.hasOwnProperty.call(message, "placedRemote") && (typeof message.placedRemote === "object" ? message.placedRemote.low || message.placedRemote.high : message.placedRemote !== 0))
                writer.uint32(/* id 28, wireType 0 =*/224).uint64(message.placedRemote);
            if (message.removing != null && $Object.hasOwnProperty.call(message, "removing") && message.removing !== false)
                writer.uint32(/* id 30, wireType 0 =*/240).bool(message.removing);
            if (message.time != null && message.time.length)
                for (let i = 0; i < message.time.length; ++i)
                    $root.shoal.StageTime.encode(message.time[i], writer.uint32(/* id 35, wireType 2 =*/282).fork(), _depth + 1).ldelim();
            if (message.pausedMs != null && $Object.hasOwnProperty.call(message, "pausedMs") && (typeof message.pausedMs === "object" ? message.pausedMs.low || message.pausedMs.high : message.pausedMs !== 0))
                writer.uint32(/* id 36, wireType 0 =*/288).uint64(message.pausedMs);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a JobRecord message from the specified reader or buffer.
         * @function decode
         * @memberof shoal.JobRecord
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {shoal.JobRecord & shoal.JobRecord.$Shape} JobRecord
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        JobRecord.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.shoal.JobRecord();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.minReader = value;
                        else
                            delete message.minReader;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.job = value;
                        else
                            delete message.job;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.term = value;
                        else
                            delete message.term;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.machine = value;
                        else
                            delete message.machine;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.machineVersion = value;
                        else
                            delete message.machineVersion;
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.snapshot = value;
                        else
                            delete message.snapshot;
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.specDigest = value;
                        else
                            delete message.specDigest;
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.spec = value;
                        else
                            delete message.spec;
                        continue;
                    }
                case 9: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.resolved = value;
                        else
                            delete message.resolved;
                        continue;
                    }
                case 10: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.plan = value;
                        else
                            delete message.plan;
                        continue;
                    }
                case 11: {
                        if (wireType !== 2)
                            break;
                        if (!(message.inputs && message.inputs.length))
                            message.inputs = [];
                        message.inputs.push($root.shoal.StageInput.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 12: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.events = value;
                        else
                            delete message.events;
                        continue;
                    }
                case 13: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.lastHash = value;
                        else
                            delete message.lastHash;
                        continue;
                    }
                case 14: {
                        if (wireType !== 2)
                            break;
                        if (!(message.outbox && message.outbox.length))
                            message.outbox = [];
                        message.outbox.push($root.shoal.OutboxEvent.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 15: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.acceptedAtMs = value;
                        else
                            delete message.acceptedAtMs;
                        continue;
                    }
                case 16: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.finishedAtMs = value;
                        else
                            delete message.finishedAtMs;
                        continue;
                    }
                case 17: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.traceparent = value;
                        else
                            delete message.traceparent;
                        continue;
                    }
                case 18: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.reassigned = value;
                        else
                            delete message.reassigned;
                        continue;
                    }
                case 19: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.attemptsMax = value;
                        else
                            delete message.attemptsMax;
                        continue;
                    }
                case 20: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.moves = value;
                        else
                            delete message.moves;
                        continue;
                    }
                case 21: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.result = value;
                        else
                            delete message.result;
                        continue;
                    }
                case 22: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.traceClosed = value;
                        else
                            delete message.traceClosed;
                        continue;
                    }
                case 23: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.submissionSeq = value;
                        else
                            delete message.submissionSeq;
                        continue;
                    }
                case 24: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.commitsRefused = value;
                        else
                            delete message.commitsRefused;
                        continue;
                    }
                case 25: {
                        if (wireType !== 2)
                            break;
                        if (!(message.told && message.told.length))
                            message.told = [];
                        message.told.push($root.shoal.ToldTasks.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 30: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.removing = value;
                        else
                            delete message.removing;
                        continue;
                    }
                case 26: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.settings = value;
                        else
                            delete message.settings;
                        continue;
                    }
                case 27: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.placedLocal = value;
                        else
                            delete message.placedLocal;
                        continue;
                    }
                case 28: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.placedRemote = value;
                        else
                            delete message.placedRemote;
                        continue;
                    }
                case 35: {
                        if (wireType !== 2)
                            break;
                        if (!(message.time && message.time.length))
                            message.time = [];
                        message.time.push($root.shoal.StageTime.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 36: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.pausedMs = value;
                        else
                            delete message.pausedMs;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for JobRecord
         * @function getTypeUrl
         * @memberof shoal.JobRecord
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        JobRecord.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/shoal.JobRecord";
        };

        return JobRecord;
    })();

    shoal.ToldTasks = (function() {

        /**
         * Properties of a ToldTasks.
         * @typedef {Object} shoal.ToldTasks.$Properties
         * @property {string|null} [stage] ToldTasks stage
         * @property {Array.<number>|null} [runs] ToldTasks runs
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a ToldTasks.
         * @memberof shoal
         * @interface IToldTasks
         * @augments shoal.ToldTasks.$Properties
         * @deprecated Use shoal.ToldTasks.$Properties instead.
         */

        /**
         * Shape of a ToldTasks.
         * @typedef {shoal.ToldTasks.$Properties} shoal.ToldTasks.$Shape
         */

        /**
         * Constructs a new ToldTasks.
         * @memberof shoal
         * @classdesc Represents a ToldTasks.
         * @constructor
         * @param {shoal.ToldTasks.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const ToldTasks = function (properties) {
            this.runs = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * ToldTasks stage.
         * @member {string} stage
         * @memberof shoal.ToldTasks
         * @instance
         */
        ToldTasks.prototype.stage = "";

        /**
         * ToldTasks runs.
         * @member {Array.<number>} runs
         * @memberof shoal.ToldTasks
         * @instance
         */
        ToldTasks.prototype.runs = $util.emptyArray;

        /**
         * Creates a new ToldTasks instance using the specified properties.
         * @function create
         * @memberof shoal.ToldTasks
         * @static
         * @param {shoal.ToldTasks.$Properties=} [properties] Properties to set
         * @returns {shoal.ToldTasks} ToldTasks instance
         * @type {{
         *   (properties: shoal.ToldTasks.$Shape): shoal.ToldTasks & shoal.ToldTasks.$Shape;
         *   (properties?: shoal.ToldTasks.$Properties): shoal.ToldTasks;
         * }}
         */
        ToldTasks.create = function(properties) {
            return new ToldTasks(properties);
        };

        /**
         * Encodes the specified ToldTasks message. Does not implicitly {@link shoal.ToldTasks.verify|verify} messages.
         * @function encode
         * @memberof shoal.ToldTasks
         * @static
         * @param {shoal.ToldTasks.$Properties} message ToldTasks message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        ToldTasks.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.stage != null && $Object.hasOwnProperty.call(message, "stage") && message.stage !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.stage);
            if (message.runs != null && message.runs.length)
                writer.uint32(/* id 2, wireType 2 =*/18).uint32s(message.runs);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a ToldTasks message from the specified reader or buffer.
         * @function decode
         * @memberof shoal.ToldTasks
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {shoal.ToldTasks & shoal.ToldTasks.$Shape} ToldTasks
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        ToldTasks.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.shoal.ToldTasks();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.stage = value;
                        else
                            delete message.stage;
                        continue;
                    }
                case 2: {
                        if (wireType === 2) {
                            if (!(message.runs && message.runs.length))
                                message.runs = [];
                            reader.uint32s(message.runs);
                            continue;
                        }
                        if (wireType !== 0)
                            break;
                        if (!(message.runs && message.runs.length))
                            message.runs = [];
                        message.runs.push(reader.uint32());
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for ToldTasks
         * @function getTypeUrl
         * @memberof shoal.ToldTasks
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        ToldTasks.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/shoal.ToldTasks";
        };

        return ToldTasks;
    })();

    shoal.StageTime = (function() {

        /**
         * Properties of a StageTime.
         * @typedef {Object} shoal.StageTime.$Properties
         * @property {string|null} [stage] StageTime stage
         * @property {number|null} [tasks] StageTime tasks
         * @property {number|null} [computeMs] StageTime computeMs
         * @property {number|null} [cpuMs] StageTime cpuMs
         * @property {number|null} [fetchMs] StageTime fetchMs
         * @property {number|null} [storeMs] StageTime storeMs
         * @property {number|null} [fetchedBytes] StageTime fetchedBytes
         * @property {number|null} [storedBytes] StageTime storedBytes
         * @property {number|null} [wallMs] StageTime wallMs
         * @property {number|null} [busyMs] StageTime busyMs
         * @property {number|null} [slowestMs] StageTime slowestMs
         * @property {number|null} [lost] StageTime lost
         * @property {number|null} [lostMs] StageTime lostMs
         * @property {number|null} [waitMs] StageTime waitMs
         * @property {number|null} [closeMs] StageTime closeMs
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a StageTime.
         * @memberof shoal
         * @interface IStageTime
         * @augments shoal.StageTime.$Properties
         * @deprecated Use shoal.StageTime.$Properties instead.
         */

        /**
         * Shape of a StageTime.
         * @typedef {shoal.StageTime.$Properties} shoal.StageTime.$Shape
         */

        /**
         * Constructs a new StageTime.
         * @memberof shoal
         * @classdesc Represents a StageTime.
         * @constructor
         * @param {shoal.StageTime.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const StageTime = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * StageTime stage.
         * @member {string} stage
         * @memberof shoal.StageTime
         * @instance
         */
        StageTime.prototype.stage = "";

        /**
         * StageTime tasks.
         * @member {number} tasks
         * @memberof shoal.StageTime
         * @instance
         */
        StageTime.prototype.tasks = 0;

        /**
         * StageTime computeMs.
         * @member {number} computeMs
         * @memberof shoal.StageTime
         * @instance
         */
        StageTime.prototype.computeMs = 0;

        /**
         * StageTime cpuMs.
         * @member {number} cpuMs
         * @memberof shoal.StageTime
         * @instance
         */
        StageTime.prototype.cpuMs = 0;

        /**
         * StageTime fetchMs.
         * @member {number} fetchMs
         * @memberof shoal.StageTime
         * @instance
         */
        StageTime.prototype.fetchMs = 0;

        /**
         * StageTime storeMs.
         * @member {number} storeMs
         * @memberof shoal.StageTime
         * @instance
         */
        StageTime.prototype.storeMs = 0;

        /**
         * StageTime fetchedBytes.
         * @member {number} fetchedBytes
         * @memberof shoal.StageTime
         * @instance
         */
        StageTime.prototype.fetchedBytes = 0;

        /**
         * StageTime storedBytes.
         * @member {number} storedBytes
         * @memberof shoal.StageTime
         * @instance
         */
        StageTime.prototype.storedBytes = 0;

        /**
         * StageTime wallMs.
         * @member {number} wallMs
         * @memberof shoal.StageTime
         * @instance
         */
        StageTime.prototype.wallMs = 0;

        /**
         * StageTime busyMs.
         * @member {number} busyMs
         * @memberof shoal.StageTime
         * @instance
         */
        StageTime.prototype.busyMs = 0;

        /**
         * StageTime slowestMs.
         * @member {number} slowestMs
         * @memberof shoal.StageTime
         * @instance
         */
        StageTime.prototype.slowestMs = 0;

        /**
         * StageTime lost.
         * @member {number} lost
         * @memberof shoal.StageTime
         * @instance
         */
        StageTime.prototype.lost = 0;

        /**
         * StageTime lostMs.
         * @member {number} lostMs
         * @memberof shoal.StageTime
         * @instance
         */
        StageTime.prototype.lostMs = 0;

        /**
         * StageTime waitMs.
         * @member {number} waitMs
         * @memberof shoal.StageTime
         * @instance
         */
        StageTime.prototype.waitMs = 0;

        /**
         * StageTime closeMs.
         * @member {number} closeMs
         * @memberof shoal.StageTime
         * @instance
         */
        StageTime.prototype.closeMs = 0;

        /**
         * Creates a new StageTime instance using the specified properties.
         * @function create
         * @memberof shoal.StageTime
         * @static
         * @param {shoal.StageTime.$Properties=} [properties] Properties to set
         * @returns {shoal.StageTime} StageTime instance
         * @type {{
         *   (properties: shoal.StageTime.$Shape): shoal.StageTime & shoal.StageTime.$Shape;
         *   (properties?: shoal.StageTime.$Properties): shoal.StageTime;
         * }}
         */
        StageTime.create = function(properties) {
            return new StageTime(properties);
        };

        /**
         * Encodes the specified StageTime message. Does not implicitly {@link shoal.StageTime.verify|verify} messages.
         * @function encode
         * @memberof shoal.StageTime
         * @static
         * @param {shoal.StageTime.$Properties} message StageTime message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        StageTime.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.stage != null && $Object.hasOwnProperty.call(message, "stage") && message.stage !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.stage);
            if (message.tasks != null && $Object.hasOwnProperty.call(message, "tasks") && message.tasks !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.tasks);
            if (message.computeMs != null && $Object.hasOwnProperty.call(message, "computeMs") && (typeof message.computeMs === "object" ? message.computeMs.low || message.computeMs.high : message.computeMs !== 0))
                writer.uint32(/* id 3, wireType 0 =*/24).uint64(message.computeMs);
            if (message.cpuMs != null && $Object.hasOwnProperty.call(message, "cpuMs") && (typeof message.cpuMs === "object" ? message.cpuMs.low || message.cpuMs.high : message.cpuMs !== 0))
                writer.uint32(/* id 4, wireType 0 =*/32).uint64(message.cpuMs);
            if (message.fetchMs != null && $Object.hasOwnProperty.call(message, "fetchMs") && (typeof message.fetchMs === "object" ? message.fetchMs.low || message.fetchMs.high : message.fetchMs !== 0))
                writer.uint32(/* id 5, wireType 0 =*/40).uint64(message.fetchMs);
            if (message.storeMs != null && $Object.hasOwnProperty.call(message, "storeMs") && (typeof message.storeMs === "object" ? message.storeMs.low || message.storeMs.high : message.storeMs !== 0))
                writer.uint32(/* id 6, wireType 0 =*/48).uint64(message.storeMs);
            if (message.fetchedBytes != null && $Object.hasOwnProperty.call(message, "fetchedBytes") && (typeof message.fetchedBytes === "object" ? message.fetchedBytes.low || message.fetchedBytes.high : message.fetchedBytes !== 0))
                writer.uint32(/* id 7, wireType 0 =*/56).uint64(message.fetchedBytes);
            if (message.storedBytes != null && $Object.hasOwnProperty.call(message, "storedBytes") && (typeof message.storedBytes === "object" ? message.storedBytes.low || message.storedBytes.high : message.storedBytes !== 0))
                writer.uint32(/* id 8, wireType 0 =*/64).uint64(message.storedBytes);
            if (message.wallMs != null && $Object.hasOwnProperty.call(message, "wallMs") && (typeof message.wallMs === "object" ? message.wallMs.low || message.wallMs.high : message.wallMs !== 0))
                writer.uint32(/* id 9, wireType 0 =*/72).uint64(message.wallMs);
            if (message.busyMs != null && $Object.hasOwnProperty.call(message, "busyMs") && (typeof message.busyMs === "object" ? message.busyMs.low || message.busyMs.high : message.busyMs !== 0))
                writer.uint32(/* id 10, wireType 0 =*/80).uint64(message.busyMs);
            if (message.slowestMs != null && $Object.hasOwnProperty.call(message, "slowestMs") && (typeof message.slowestMs === "object" ? message.slowestMs.low || message.slowestMs.high : message.slowestMs !== 0))
                writer.uint32(/* id 11, wireType 0 =*/88).uint64(message.slowestMs);
            if (message.lost != null && $Object.hasOwnProperty.call(message, "lost") && message.lost !== 0)
                writer.uint32(/* id 12, wireType 0 =*/96).uint32(message.lost);
            if (message.lostMs != null && $Object.hasOwnProperty.call(message, "lostMs") && (typeof message.lostMs === "object" ? message.lostMs.low || message.lostMs.high : message.lostMs !== 0))
                writer.uint32(/* id 13, wireType 0 =*/104).uint64(message.lostMs);
            if (message.waitMs != null && $Object.hasOwnProperty.call(message, "waitMs") && (typeof message.waitMs === "object" ? message.waitMs.low || message.waitMs.high : message.waitMs !== 0))
                writer.uint32(/* id 14, wireType 0 =*/112).uint64(message.waitMs);
            if (message.closeMs != null && $Object.hasOwnProperty.call(message, "closeMs") && (typeof message.closeMs === "object" ? message.closeMs.low || message.closeMs.high : message.closeMs !== 0))
                writer.uint32(/* id 15, wireType 0 =*/120).uint64(message.closeMs);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a StageTime message from the specified reader or buffer.
         * @function decode
         * @memberof shoal.StageTime
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {shoal.StageTime & shoal.StageTime.$Shape} StageTime
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        StageTime.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.shoal.StageTime();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.stage = value;
                        else
                            delete message.stage;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.tasks = value;
                        else
                            delete message.tasks;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.computeMs = value;
                        else
                            delete message.computeMs;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.cpuMs = value;
                        else
                            delete message.cpuMs;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.fetchMs = value;
                        else
                            delete message.fetchMs;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.storeMs = value;
                        else
                            delete message.storeMs;
                        continue;
                    }
                case 7: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.fetchedBytes = value;
                        else
                            delete message.fetchedBytes;
                        continue;
                    }
                case 8: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.storedBytes = value;
                        else
                            delete message.storedBytes;
                        continue;
                    }
                case 9: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.wallMs = value;
                        else
                            delete message.wallMs;
                        continue;
                    }
                case 10: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.busyMs = value;
                        else
                            delete message.busyMs;
                        continue;
                    }
                case 11: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.slowestMs = value;
                        else
                            delete message.slowestMs;
                        continue;
                    }
                case 12: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.lost = value;
                        else
                            delete message.lost;
                        continue;
                    }
                case 13: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.lostMs = value;
                        else
                            delete message.lostMs;
                        continue;
                    }
                case 14: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.waitMs = value;
                        else
                            delete message.waitMs;
                        continue;
                    }
                case 15: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.closeMs = value;
                        else
                            delete message.closeMs;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for StageTime
         * @function getTypeUrl
         * @memberof shoal.StageTime
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        StageTime.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/shoal.StageTime";
        };

        return StageTime;
    })();

    shoal.LeaseRecord = (function() {

        /**
         * Properties of a LeaseRecord.
         * @typedef {Object} shoal.LeaseRecord.$Properties
         * @property {number|null} [minReader] LeaseRecord minReader
         * @property {string|null} [node] LeaseRecord node
         * @property {string|null} [nonce] LeaseRecord nonce
         * @property {number|null} [term] LeaseRecord term
         * @property {number|null} [renewals] LeaseRecord renewals
         * @property {boolean|null} [released] LeaseRecord released
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a LeaseRecord.
         * @memberof shoal
         * @interface ILeaseRecord
         * @augments shoal.LeaseRecord.$Properties
         * @deprecated Use shoal.LeaseRecord.$Properties instead.
         */

        /**
         * Shape of a LeaseRecord.
         * @typedef {shoal.LeaseRecord.$Properties} shoal.LeaseRecord.$Shape
         */

        /**
         * Constructs a new LeaseRecord.
         * @memberof shoal
         * @classdesc Represents a LeaseRecord.
         * @constructor
         * @param {shoal.LeaseRecord.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const LeaseRecord = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * LeaseRecord minReader.
         * @member {number} minReader
         * @memberof shoal.LeaseRecord
         * @instance
         */
        LeaseRecord.prototype.minReader = 0;

        /**
         * LeaseRecord node.
         * @member {string} node
         * @memberof shoal.LeaseRecord
         * @instance
         */
        LeaseRecord.prototype.node = "";

        /**
         * LeaseRecord nonce.
         * @member {string} nonce
         * @memberof shoal.LeaseRecord
         * @instance
         */
        LeaseRecord.prototype.nonce = "";

        /**
         * LeaseRecord term.
         * @member {number} term
         * @memberof shoal.LeaseRecord
         * @instance
         */
        LeaseRecord.prototype.term = 0;

        /**
         * LeaseRecord renewals.
         * @member {number} renewals
         * @memberof shoal.LeaseRecord
         * @instance
         */
        LeaseRecord.prototype.renewals = 0;

        /**
         * LeaseRecord released.
         * @member {boolean} released
         * @memberof shoal.LeaseRecord
         * @instance
         */
        LeaseRecord.prototype.released = false;

        /**
         * Creates a new LeaseRecord instance using the specified properties.
         * @function create
         * @memberof shoal.LeaseRecord
         * @static
         * @param {shoal.LeaseRecord.$Properties=} [properties] Properties to set
         * @returns {shoal.LeaseRecord} LeaseRecord instance
         * @type {{
         *   (properties: shoal.LeaseRecord.$Shape): shoal.LeaseRecord & shoal.LeaseRecord.$Shape;
         *   (properties?: shoal.LeaseRecord.$Properties): shoal.LeaseRecord;
         * }}
         */
        LeaseRecord.create = function(properties) {
            return new LeaseRecord(properties);
        };

        /**
         * Encodes the specified LeaseRecord message. Does not implicitly {@link shoal.LeaseRecord.verify|verify} messages.
         * @function encode
         * @memberof shoal.LeaseRecord
         * @static
         * @param {shoal.LeaseRecord.$Properties} message LeaseRecord message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        LeaseRecord.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.minReader != null && $Object.hasOwnProperty.call(message, "minReader") && message.minReader !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.minReader);
            if (message.node != null && $Object.hasOwnProperty.call(message, "node") && message.node !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.node);
            if (message.nonce != null && $Object.hasOwnProperty.call(message, "nonce") && message.nonce !== "")
                writer.uint32(/* id 3, wireType 2 =*/26).string(message.nonce);
            if (message.term != null && $Object.hasOwnProperty.call(message, "term") && (typeof message.term === "object" ? message.term.low || message.term.high : message.term !== 0))
                writer.uint32(/* id 4, wireType 0 =*/32).uint64(message.term);
            if (message.renewals != null && $Object.hasOwnProperty.call(message, "renewals") && (typeof message.renewals === "object" ? message.renewals.low || message.renewals.high : message.renewals !== 0))
                writer.uint32(/* id 5, wireType 0 =*/40).uint64(message.renewals);
            if (message.released != null && $Object.hasOwnProperty.call(message, "released") && message.released !== false)
                writer.uint32(/* id 6, wireType 0 =*/48).bool(message.released);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a LeaseRecord message from the specified reader or buffer.
         * @function decode
         * @memberof shoal.LeaseRecord
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {shoal.LeaseRecord & shoal.LeaseRecord.$Shape} LeaseRecord
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        LeaseRecord.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.shoal.LeaseRecord();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.minReader = value;
                        else
                            delete message.minReader;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.node = value;
                        else
                            delete message.node;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.nonce = value;
                        else
                            delete message.nonce;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.term = value;
                        else
                            delete message.term;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.renewals = value;
                        else
                            delete message.renewals;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.released = value;
                        else
                            delete message.released;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for LeaseRecord
         * @function getTypeUrl
         * @memberof shoal.LeaseRecord
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        LeaseRecord.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/shoal.LeaseRecord";
        };

        return LeaseRecord;
    })();

    shoal.LayoutRecord = (function() {

        /**
         * Properties of a LayoutRecord.
         * @typedef {Object} shoal.LayoutRecord.$Properties
         * @property {number|null} [minReader] LayoutRecord minReader
         * @property {string|null} [cluster] LayoutRecord cluster
         * @property {number|null} [layout] LayoutRecord layout
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a LayoutRecord.
         * @memberof shoal
         * @interface ILayoutRecord
         * @augments shoal.LayoutRecord.$Properties
         * @deprecated Use shoal.LayoutRecord.$Properties instead.
         */

        /**
         * Shape of a LayoutRecord.
         * @typedef {shoal.LayoutRecord.$Properties} shoal.LayoutRecord.$Shape
         */

        /**
         * Constructs a new LayoutRecord.
         * @memberof shoal
         * @classdesc Represents a LayoutRecord.
         * @constructor
         * @param {shoal.LayoutRecord.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const LayoutRecord = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * LayoutRecord minReader.
         * @member {number} minReader
         * @memberof shoal.LayoutRecord
         * @instance
         */
        LayoutRecord.prototype.minReader = 0;

        /**
         * LayoutRecord cluster.
         * @member {string} cluster
         * @memberof shoal.LayoutRecord
         * @instance
         */
        LayoutRecord.prototype.cluster = "";

        /**
         * LayoutRecord layout.
         * @member {number} layout
         * @memberof shoal.LayoutRecord
         * @instance
         */
        LayoutRecord.prototype.layout = 0;

        /**
         * Creates a new LayoutRecord instance using the specified properties.
         * @function create
         * @memberof shoal.LayoutRecord
         * @static
         * @param {shoal.LayoutRecord.$Properties=} [properties] Properties to set
         * @returns {shoal.LayoutRecord} LayoutRecord instance
         * @type {{
         *   (properties: shoal.LayoutRecord.$Shape): shoal.LayoutRecord & shoal.LayoutRecord.$Shape;
         *   (properties?: shoal.LayoutRecord.$Properties): shoal.LayoutRecord;
         * }}
         */
        LayoutRecord.create = function(properties) {
            return new LayoutRecord(properties);
        };

        /**
         * Encodes the specified LayoutRecord message. Does not implicitly {@link shoal.LayoutRecord.verify|verify} messages.
         * @function encode
         * @memberof shoal.LayoutRecord
         * @static
         * @param {shoal.LayoutRecord.$Properties} message LayoutRecord message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        LayoutRecord.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.minReader != null && $Object.hasOwnProperty.call(message, "minReader") && message.minReader !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.minReader);
            if (message.cluster != null && $Object.hasOwnProperty.call(message, "cluster") && message.cluster !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.cluster);
            if (message.layout != null && $Object.hasOwnProperty.call(message, "layout") && message.layout !== 0)
                writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.layout);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a LayoutRecord message from the specified reader or buffer.
         * @function decode
         * @memberof shoal.LayoutRecord
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {shoal.LayoutRecord & shoal.LayoutRecord.$Shape} LayoutRecord
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        LayoutRecord.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.shoal.LayoutRecord();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.minReader = value;
                        else
                            delete message.minReader;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.cluster = value;
                        else
                            delete message.cluster;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.layout = value;
                        else
                            delete message.layout;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for LayoutRecord
         * @function getTypeUrl
         * @memberof shoal.LayoutRecord
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        LayoutRecord.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/shoal.LayoutRecord";
        };

        return LayoutRecord;
    })();

    shoal.BlobRecord = (function() {

        /**
         * Properties of a BlobRecord.
         * @typedef {Object} shoal.BlobRecord.$Properties
         * @property {number|null} [minReader] BlobRecord minReader
         * @property {number|null} [size] BlobRecord size
         * @property {number|null} [chunks] BlobRecord chunks
         * @property {boolean|null} [complete] BlobRecord complete
         * @property {number|null} [lastUsedMs] BlobRecord lastUsedMs
         * @property {boolean|null} [condemned] BlobRecord condemned
         * @property {number|null} [purgeBelow] BlobRecord purgeBelow
         * @property {boolean|null} [damaged] BlobRecord damaged
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a BlobRecord.
         * @memberof shoal
         * @interface IBlobRecord
         * @augments shoal.BlobRecord.$Properties
         * @deprecated Use shoal.BlobRecord.$Properties instead.
         */

        /**
         * Shape of a BlobRecord.
         * @typedef {shoal.BlobRecord.$Properties} shoal.BlobRecord.$Shape
         */

        /**
         * Constructs a new BlobRecord.
         * @memberof shoal
         * @classdesc Represents a BlobRecord.
         * @constructor
         * @param {shoal.BlobRecord.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const BlobRecord = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * BlobRecord minReader.
         * @member {number} minReader
         * @memberof shoal.BlobRecord
         * @instance
         */
        BlobRecord.prototype.minReader = 0;

        /**
         * BlobRecord size.
         * @member {number} size
         * @memberof shoal.BlobRecord
         * @instance
         */
        BlobRecord.prototype.size = 0;

        /**
         * BlobRecord chunks.
         * @member {number} chunks
         * @memberof shoal.BlobRecord
         * @instance
         */
        BlobRecord.prototype.chunks = 0;

        /**
         * BlobRecord complete.
         * @member {boolean} complete
         * @memberof shoal.BlobRecord
         * @instance
         */
        BlobRecord.prototype.complete = false;

        /**
         * BlobRecord lastUsedMs.
         * @member {number} lastUsedMs
         * @memberof shoal.BlobRecord
         * @instance
         */
        BlobRecord.prototype.lastUsedMs = 0;

        /**
         * BlobRecord condemned.
         * @member {boolean} condemned
         * @memberof shoal.BlobRecord
         * @instance
         */
        BlobRecord.prototype.condemned = false;

        /**
         * BlobRecord purgeBelow.
         * @member {number} purgeBelow
         * @memberof shoal.BlobRecord
         * @instance
         */
        BlobRecord.prototype.purgeBelow = 0;

        /**
         * BlobRecord damaged.
         * @member {boolean} damaged
         * @memberof shoal.BlobRecord
         * @instance
         */
        BlobRecord.prototype.damaged = false;

        /**
         * Creates a new BlobRecord instance using the specified properties.
         * @function create
         * @memberof shoal.BlobRecord
         * @static
         * @param {shoal.BlobRecord.$Properties=} [properties] Properties to set
         * @returns {shoal.BlobRecord} BlobRecord instance
         * @type {{
         *   (properties: shoal.BlobRecord.$Shape): shoal.BlobRecord & shoal.BlobRecord.$Shape;
         *   (properties?: shoal.BlobRecord.$Properties): shoal.BlobRecord;
         * }}
         */
        BlobRecord.create = function(properties) {
            return new BlobRecord(properties);
        };

        /**
         * Encodes the specified BlobRecord message. Does not implicitly {@link shoal.BlobRecord.verify|verify} messages.
         * @function encode
         * @memberof shoal.BlobRecord
         * @static
         * @param {shoal.BlobRecord.$Properties} message BlobRecord message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        BlobRecord.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.minReader != null && $Object.hasOwnProperty.call(message, "minReader") && message.minReader !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.minReader);
            if (message.size != null && $Object.hasOwnProperty.call(message, "size") && (typeof message.size === "object" ? message.size.low || message.size.high : message.size !== 0))
                writer.uint32(/* id 2, wireType 0 =*/16).uint64(message.size);
            if (message.chunks != null && $Object.hasOwnProperty.call(message, "chunks") && message.chunks !== 0)
                writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.chunks);
            if (message.complete != null && $Object.hasOwnProperty.call(message, "complete") && message.complete !== false)
                writer.uint32(/* id 4, wireType 0 =*/32).bool(message.complete);
            if (message.lastUsedMs != null && $Object.hasOwnProperty.call(message, "lastUsedMs") && (typeof message.lastUsedMs === "object" ? message.lastUsedMs.low || message.lastUsedMs.high : message.lastUsedMs !== 0))
                writer.uint32(/* id 5, wireType 0 =*/40).uint64(message.lastUsedMs);
            if (message.condemned != null && $Object.hasOwnProperty.call(message, "condemned") && message.condemned !== false)
                writer.uint32(/* id 6, wireType 0 =*/48).bool(message.condemned);
            if (message.purgeBelow != null && $Object.hasOwnProperty.call(message, "purgeBelow") && (typeof message.purgeBelow === "object" ? message.purgeBelow.low || message.purgeBelow.high : message.purgeBelow !== 0))
                writer.uint32(/* id 20, wireType 0 =*/160).uint64(message.purgeBelow);
            if (message.damaged != null && $Object.hasOwnProperty.call(message, "damaged") && message.damaged !== false)
                writer.uint32(/* id 21, wireType 0 =*/168).bool(message.damaged);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a BlobRecord message from the specified reader or buffer.
         * @function decode
         * @memberof shoal.BlobRecord
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {shoal.BlobRecord & shoal.BlobRecord.$Shape} BlobRecord
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        BlobRecord.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.shoal.BlobRecord();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.minReader = value;
                        else
                            delete message.minReader;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.size = value;
                        else
                            delete message.size;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.chunks = value;
                        else
                            delete message.chunks;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.complete = value;
                        else
                            delete message.complete;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.lastUsedMs = value;
                        else
                            delete message.lastUsedMs;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.condemned = value;
                        else
                            delete message.condemned;
                        continue;
                    }
                case 20: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.purgeBelow = value;
                        else
                            delete message.purgeBelow;
                        continue;
                    }
                case 21: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.damaged = value;
                        else
                            delete message.damaged;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for BlobRecord
         * @function getTypeUrl
         * @memberof shoal.BlobRecord
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        BlobRecord.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/shoal.BlobRecord";
        };

        return BlobRecord;
    })();

    shoal.DatasetVersion = (function() {

        /**
         * Properties of a DatasetVersion.
         * @typedef {Object} shoal.DatasetVersion.$Properties
         * @property {number|null} [version] DatasetVersion version
         * @property {string|null} [manifest] DatasetVersion manifest
         * @property {number|null} [rows] DatasetVersion rows
         * @property {number|null} [columns] DatasetVersion columns
         * @property {number|null} [shards] DatasetVersion shards
         * @property {number|null} [bytes] DatasetVersion bytes
         * @property {number|null} [createdAtMs] DatasetVersion createdAtMs
         * @property {boolean|null} [removed] DatasetVersion removed
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a DatasetVersion.
         * @memberof shoal
         * @interface IDatasetVersion
         * @augments shoal.DatasetVersion.$Properties
         * @deprecated Use shoal.DatasetVersion.$Properties instead.
         */

        /**
         * Shape of a DatasetVersion.
         * @typedef {shoal.DatasetVersion.$Properties} shoal.DatasetVersion.$Shape
         */

        /**
         * Constructs a new DatasetVersion.
         * @memberof shoal
         * @classdesc Represents a DatasetVersion.
         * @constructor
         * @param {shoal.DatasetVersion.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const DatasetVersion = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * DatasetVersion version.
         * @member {number} version
         * @memberof shoal.DatasetVersion
         * @instance
         */
        DatasetVersion.prototype.version = 0;

        /**
         * DatasetVersion manifest.
         * @member {string} manifest
         * @memberof shoal.DatasetVersion
         * @instance
         */
        DatasetVersion.prototype.manifest = "";

        /**
         * DatasetVersion rows.
         * @member {number} rows
         * @memberof shoal.DatasetVersion
         * @instance
         */
        DatasetVersion.prototype.rows = 0;

        /**
         * DatasetVersion columns.
         * @member {number} columns
         * @memberof shoal.DatasetVersion
         * @instance
         */
        DatasetVersion.prototype.columns = 0;

        /**
         * DatasetVersion shards.
         * @member {number} shards
         * @memberof shoal.DatasetVersion
         * @instance
         */
        DatasetVersion.prototype.shards = 0;

        /**
         * DatasetVersion bytes.
         * @member {number} bytes
         * @memberof shoal.DatasetVersion
         * @instance
         */
        DatasetVersion.prototype.bytes = 0;

        /**
         * DatasetVersion createdAtMs.
         * @member {number} createdAtMs
         * @memberof shoal.DatasetVersion
         * @instance
         */
        DatasetVersion.prototype.createdAtMs = 0;

        /**
         * DatasetVersion removed.
         * @member {boolean} removed
         * @memberof shoal.DatasetVersion
         * @instance
         */
        DatasetVersion.prototype.removed = false;

        /**
         * Creates a new DatasetVersion instance using the specified properties.
         * @function create
         * @memberof shoal.DatasetVersion
         * @static
         * @param {shoal.DatasetVersion.$Properties=} [properties] Properties to set
         * @returns {shoal.DatasetVersion} DatasetVersion instance
         * @type {{
         *   (properties: shoal.DatasetVersion.$Shape): shoal.DatasetVersion & shoal.DatasetVersion.$Shape;
         *   (properties?: shoal.DatasetVersion.$Properties): shoal.DatasetVersion;
         * }}
         */
        DatasetVersion.create = function(properties) {
            return new DatasetVersion(properties);
        };

        /**
         * Encodes the specified DatasetVersion message. Does not implicitly {@link shoal.DatasetVersion.verify|verify} messages.
         * @function encode
         * @memberof shoal.DatasetVersion
         * @static
         * @param {shoal.DatasetVersion.$Properties} message DatasetVersion message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        DatasetVersion.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.version != null && $Object.hasOwnProperty.call(message, "version") && message.version !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.version);
            if (message.manifest != null && $Object.hasOwnProperty.call(message, "manifest") && message.manifest !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.manifest);
            if (message.rows != null && $Object.hasOwnProperty.call(message, "rows") && (typeof message.rows === "object" ? message.rows.low || message.rows.high : message.rows !== 0))
                writer.uint32(/* id 3, wireType 0 =*/24).uint64(message.rows);
            if (message.columns != null && $Object.hasOwnProperty.call(message, "columns") && message.columns !== 0)
                writer.uint32(/* id 4, wireType 0 =*/32).uint32(message.columns);
            if (message.shards != null && $Object.hasOwnProperty.call(message, "shards") && message.shards !== 0)
                writer.uint32(/* id 5, wireType 0 =*/40).uint32(message.shards);
            if (message.bytes != null && $Object.hasOwnProperty.call(message, "bytes") && (typeof message.bytes === "object" ? message.bytes.low || message.bytes.high : message.bytes !== 0))
                writer.uint32(/* id 6, wireType 0 =*/48).uint64(message.bytes);
            if (message.createdAtMs != null && $Object.hasOwnProperty.call(message, "createdAtMs") && (typeof message.createdAtMs === "object" ? message.createdAtMs.low || message.createdAtMs.high : message.createdAtMs !== 0))
                writer.uint32(/* id 7, wireType 0 =*/56).uint64(message.createdAtMs);
            if (message.removed != null && $Object.hasOwnProperty.call(message, "removed") && message.removed !== false)
                writer.uint32(/* id 8, wireType 0 =*/64).bool(message.removed);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a DatasetVersion message from the specified reader or buffer.
         * @function decode
         * @memberof shoal.DatasetVersion
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {shoal.DatasetVersion & shoal.DatasetVersion.$Shape} DatasetVersion
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        DatasetVersion.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.shoal.DatasetVersion();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.version = value;
                        else
                            delete message.version;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.manifest = value;
                        else
                            delete message.manifest;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.rows = value;
                        else
                            delete message.rows;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.columns = value;
                        else
                            delete message.columns;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.shards = value;
                        else
                            delete message.shards;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.bytes = value;
                        else
                            delete message.bytes;
                        continue;
                    }
                case 7: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.createdAtMs = value;
                        else
                            delete message.createdAtMs;
                        continue;
                    }
                case 8: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.removed = value;
                        else
                            delete message.removed;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for DatasetVersion
         * @function getTypeUrl
         * @memberof shoal.DatasetVersion
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        DatasetVersion.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/shoal.DatasetVersion";
        };

        return DatasetVersion;
    })();

    shoal.DatasetRecord = (function() {

        /**
         * Properties of a DatasetRecord.
         * @typedef {Object} shoal.DatasetRecord.$Properties
         * @property {number|null} [minReader] DatasetRecord minReader
         * @property {string|null} [name] DatasetRecord name
         * @property {Array.<shoal.DatasetVersion.$Properties>|null} [versions] DatasetRecord versions
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a DatasetRecord.
         * @memberof shoal
         * @interface IDatasetRecord
         * @augments shoal.DatasetRecord.$Properties
         * @deprecated Use shoal.DatasetRecord.$Properties instead.
         */

        /**
         * Shape of a DatasetRecord.
         * @typedef {shoal.DatasetRecord.$Properties} shoal.DatasetRecord.$Shape
         */

        /**
         * Constructs a new DatasetRecord.
         * @memberof shoal
         * @classdesc Represents a DatasetRecord.
         * @constructor
         * @param {shoal.DatasetRecord.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const DatasetRecord = function (properties) {
            this.versions = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * DatasetRecord minReader.
         * @member {number} minReader
         * @memberof shoal.DatasetRecord
         * @instance
         */
        DatasetRecord.prototype.minReader = 0;

        /**
         * DatasetRecord name.
         * @member {string} name
         * @memberof shoal.DatasetRecord
         * @instance
         */
        DatasetRecord.prototype.name = "";

        /**
         * DatasetRecord versions.
         * @member {Array.<shoal.DatasetVersion.$Properties>} versions
         * @memberof shoal.DatasetRecord
         * @instance
         */
        DatasetRecord.prototype.versions = $util.emptyArray;

        /**
         * Creates a new DatasetRecord instance using the specified properties.
         * @function create
         * @memberof shoal.DatasetRecord
         * @static
         * @param {shoal.DatasetRecord.$Properties=} [properties] Properties to set
         * @returns {shoal.DatasetRecord} DatasetRecord instance
         * @type {{
         *   (properties: shoal.DatasetRecord.$Shape): shoal.DatasetRecord & shoal.DatasetRecord.$Shape;
         *   (properties?: shoal.DatasetRecord.$Properties): shoal.DatasetRecord;
         * }}
         */
        DatasetRecord.create = function(properties) {
            return new DatasetRecord(properties);
        };

        /**
         * Encodes the specified DatasetRecord message. Does not implicitly {@link shoal.DatasetRecord.verify|verify} messages.
         * @function encode
         * @memberof shoal.DatasetRecord
         * @static
         * @param {shoal.DatasetRecord.$Properties} message DatasetRecord message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        DatasetRecord.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.minReader != null && $Object.hasOwnProperty.call(message, "minReader") && message.minReader !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.minReader);
            if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.name);
            if (message.versions != null && message.versions.length)
                for (let i = 0; i < message.versions.length; ++i)
                    $root.shoal.DatasetVersion.encode(message.versions[i], writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a DatasetRecord message from the specified reader or buffer.
         * @function decode
         * @memberof shoal.DatasetRecord
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {shoal.DatasetRecord & shoal.DatasetRecord.$Shape} DatasetRecord
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        DatasetRecord.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.shoal.DatasetRecord();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.minReader = value;
                        else
                            delete message.minReader;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.name = value;
                        else
                            delete message.name;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if (!(message.versions && message.versions.length))
                            message.versions = [];
                        message.versions.push($root.shoal.DatasetVersion.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for DatasetRecord
         * @function getTypeUrl
         * @memberof shoal.DatasetRecord
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        DatasetRecord.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/shoal.DatasetRecord";
        };

        return DatasetRecord;
    })();

    shoal.ModelVersion = (function() {

        /**
         * Properties of a ModelVersion.
         * @typedef {Object} shoal.ModelVersion.$Properties
         * @property {number|null} [version] ModelVersion version
         * @property {string|null} [digest] ModelVersion digest
         * @property {string|null} [job] ModelVersion job
         * @property {string|null} [learner] ModelVersion learner
         * @property {string|null} [dataset] ModelVersion dataset
         * @property {string|null} [kind] ModelVersion kind
         * @property {string|null} [exactness] ModelVersion exactness
         * @property {string|null} [provenance] ModelVersion provenance
         * @property {string|null} [metrics] ModelVersion metrics
         * @property {number|null} [bytes] ModelVersion bytes
         * @property {number|null} [createdAtMs] ModelVersion createdAtMs
         * @property {boolean|null} [removed] ModelVersion removed
         * @property {number|null} [snapshotRound] ModelVersion snapshotRound
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a ModelVersion.
         * @memberof shoal
         * @interface IModelVersion
         * @augments shoal.ModelVersion.$Properties
         * @deprecated Use shoal.ModelVersion.$Properties instead.
         */

        /**
         * Shape of a ModelVersion.
         * @typedef {shoal.ModelVersion.$Properties} shoal.ModelVersion.$Shape
         */

        /**
         * Constructs a new ModelVersion.
         * @memberof shoal
         * @classdesc Represents a ModelVersion.
         * @constructor
         * @param {shoal.ModelVersion.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const ModelVersion = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * ModelVersion version.
         * @member {number} version
         * @memberof shoal.ModelVersion
         * @instance
         */
        ModelVersion.prototype.version = 0;

        /**
         * ModelVersion digest.
         * @member {string} digest
         * @memberof shoal.ModelVersion
         * @instance
         */
        ModelVersion.prototype.digest = "";

        /**
         * ModelVersion job.
         * @member {string} job
         * @memberof shoal.ModelVersion
         * @instance
         */
        ModelVersion.prototype.job = "";

        /**
         * ModelVersion learner.
         * @member {string} learner
         * @memberof shoal.ModelVersion
         * @instance
         */
        ModelVersion.prototype.learner = "";

        /**
         * ModelVersion dataset.
         * @member {string} dataset
         * @memberof shoal.ModelVersion
         * @instance
         */
        ModelVersion.prototype.dataset = "";

        /**
         * ModelVersion kind.
         * @member {string} kind
         * @memberof shoal.ModelVersion
         * @instance
         */
        ModelVersion.prototype.kind = "";

        /**
         * ModelVersion exactness.
         * @member {string} exactness
         * @memberof shoal.ModelVersion
         * @instance
         */
        ModelVersion.prototype.exactness = "";

        /**
         * ModelVersion provenance.
         * @member {string} provenance
         * @memberof shoal.ModelVersion
         * @instance
         */
        ModelVersion.prototype.provenance = "";

        /**
         * ModelVersion metrics.
         * @member {string} metrics
         * @memberof shoal.ModelVersion
         * @instance
         */
        ModelVersion.prototype.metrics = "";

        /**
         * ModelVersion bytes.
         * @member {number} bytes
         * @memberof shoal.ModelVersion
         * @instance
         */
        ModelVersion.prototype.bytes = 0;

        /**
         * ModelVersion createdAtMs.
         * @member {number} createdAtMs
         * @memberof shoal.ModelVersion
         * @instance
         */
        ModelVersion.prototype.createdAtMs = 0;

        /**
         * ModelVersion removed.
         * @member {boolean} removed
         * @memberof shoal.ModelVersion
         * @instance
         */
        ModelVersion.prototype.removed = false;

        /**
         * ModelVersion snapshotRound.
         * @member {number} snapshotRound
         * @memberof shoal.ModelVersion
         * @instance
         */
        ModelVersion.prototype.snapshotRound = 0;

        /**
         * Creates a new ModelVersion instance using the specified properties.
         * @function create
         * @memberof shoal.ModelVersion
         * @static
         * @param {shoal.ModelVersion.$Properties=} [properties] Properties to set
         * @returns {shoal.ModelVersion} ModelVersion instance
         * @type {{
         *   (properties: shoal.ModelVersion.$Shape): shoal.ModelVersion & shoal.ModelVersion.$Shape;
         *   (properties?: shoal.ModelVersion.$Properties): shoal.ModelVersion;
         * }}
         */
        ModelVersion.create = function(properties) {
            return new ModelVersion(properties);
        };

        /**
         * Encodes the specified ModelVersion message. Does not implicitly {@link shoal.ModelVersion.verify|verify} messages.
         * @function encode
         * @memberof shoal.ModelVersion
         * @static
         * @param {shoal.ModelVersion.$Properties} message ModelVersion message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        ModelVersion.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.version != null && $Object.hasOwnProperty.call(message, "version") && message.version !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.version);
            if (message.digest != null && $Object.hasOwnProperty.call(message, "digest") && message.digest !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.digest);
            if (message.job != null && $Object.hasOwnProperty.call(message, "job") && message.job !== "")
                writer.uint32(/* id 3, wireType 2 =*/26).string(message.job);
            if (message.learner != null && $Object.hasOwnProperty.call(message, "learner") && message.learner !== "")
                writer.uint32(/* id 4, wireType 2 =*/34).string(message.learner);
            if (message.dataset != null && $Object.hasOwnProperty.call(message, "dataset") && message.dataset !== "")
                writer.uint32(/* id 5, wireType 2 =*/42).string(message.dataset);
            if (message.kind != null && $Object.hasOwnProperty.call(message, "kind") && message.kind !== "")
                writer.uint32(/* id 6, wireType 2 =*/50).string(message.kind);
            if (message.exactness != null && $Object.hasOwnProperty.call(message, "exactness") && message.exactness !== "")
                writer.uint32(/* id 7, wireType 2 =*/58).string(message.exactness);
            if (message.provenance != null && $Object.hasOwnProperty.call(message, "provenance") && message.provenance !== "")
                writer.uint32(/* id 8, wireType 2 =*/66).string(message.provenance);
            if (message.metrics != null && $Object.hasOwnProperty.call(message, "metrics") && message.metrics !== "")
                writer.uint32(/* id 9, wireType 2 =*/74).string(message.metrics);
            if (message.bytes != null && $Object.hasOwnProperty.call(message, "bytes") && (typeof message.bytes === "object" ? message.bytes.low || message.bytes.high : message.bytes !== 0))
                writer.uint32(/* id 10, wireType 0 =*/80).uint64(message.bytes);
            if (message.createdAtMs != null && $Object.hasOwnProperty.call(message, "createdAtMs") && (typeof message.createdAtMs === "object" ? message.createdAtMs.low || message.createdAtMs.high : message.createdAtMs !== 0))
                writer.uint32(/* id 11, wireType 0 =*/88).uint64(message.createdAtMs);
            if (message.removed != null && $Object.hasOwnProperty.call(message, "removed") && message.removed !== false)
                writer.uint32(/* id 12, wireType 0 =*/96).bool(message.removed);
            if (message.snapshotRound != null && $Object.hasOwnProperty.call(message, "snapshotRound") && message.snapshotRound !== 0)
                writer.uint32(/* id 13, wireType 0 =*/104).uint32(message.snapshotRound);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a ModelVersion message from the specified reader or buffer.
         * @function decode
         * @memberof shoal.ModelVersion
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {shoal.ModelVersion & shoal.ModelVersion.$Shape} ModelVersion
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        ModelVersion.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.shoal.ModelVersion();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.version = value;
                        else
                            delete message.version;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.digest = value;
                        else
                            delete message.digest;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.job = value;
                        else
                            delete message.job;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.learner = value;
                        else
                            delete message.learner;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.dataset = value;
                        else
                            delete message.dataset;
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.kind = value;
                        else
                            delete message.kind;
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.exactness = value;
                        else
                            delete message.exactness;
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.provenance = value;
                        else
                            delete message.provenance;
                        continue;
                    }
                case 9: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.metrics = value;
                        else
                            delete message.metrics;
                        continue;
                    }
                case 10: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.bytes = value;
                        else
                            delete message.bytes;
                        continue;
                    }
                case 11: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.createdAtMs = value;
                        else
                            delete message.createdAtMs;
                        continue;
                    }
                case 12: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.removed = value;
                        else
                            delete message.removed;
                        continue;
                    }
                case 13: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.snapshotRound = value;
                        else
                            delete message.snapshotRound;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for ModelVersion
         * @function getTypeUrl
         * @memberof shoal.ModelVersion
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        ModelVersion.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/shoal.ModelVersion";
        };

        return ModelVersion;
    })();

    shoal.ModelRecord = (function() {

        /**
         * Properties of a ModelRecord.
         * @typedef {Object} shoal.ModelRecord.$Properties
         * @property {number|null} [minReader] ModelRecord minReader
         * @property {string|null} [name] ModelRecord name
         * @property {Array.<shoal.ModelVersion.$Properties>|null} [versions] ModelRecord versions
         * @property {number|null} [live] ModelRecord live
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a ModelRecord.
         * @memberof shoal
         * @interface IModelRecord
         * @augments shoal.ModelRecord.$Properties
         * @deprecated Use shoal.ModelRecord.$Properties instead.
         */

        /**
         * Shape of a ModelRecord.
         * @typedef {shoal.ModelRecord.$Properties} shoal.ModelRecord.$Shape
         */

        /**
         * Constructs a new ModelRecord.
         * @memberof shoal
         * @classdesc Represents a ModelRecord.
         * @constructor
         * @param {shoal.ModelRecord.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const ModelRecord = function (properties) {
            this.versions = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * ModelRecord minReader.
         * @member {number} minReader
         * @memberof shoal.ModelRecord
         * @instance
         */
        ModelRecord.prototype.minReader = 0;

        /**
         * ModelRecord name.
         * @member {string} name
         * @memberof shoal.ModelRecord
         * @instance
         */
        ModelRecord.prototype.name = "";

        /**
         * ModelRecord versions.
         * @member {Array.<shoal.ModelVersion.$Properties>} versions
         * @memberof shoal.ModelRecord
         * @instance
         */
        ModelRecord.prototype.versions = $util.emptyArray;

        /**
         * ModelRecord live.
         * @member {number} live
         * @memberof shoal.ModelRecord
         * @instance
         */
        ModelRecord.prototype.live = 0;

        /**
         * Creates a new ModelRecord instance using the specified properties.
         * @function create
         * @memberof shoal.ModelRecord
         * @static
         * @param {shoal.ModelRecord.$Properties=} [properties] Properties to set
         * @returns {shoal.ModelRecord} ModelRecord instance
         * @type {{
         *   (properties: shoal.ModelRecord.$Shape): shoal.ModelRecord & shoal.ModelRecord.$Shape;
         *   (properties?: shoal.ModelRecord.$Properties): shoal.ModelRecord;
         * }}
         */
        ModelRecord.create = function(properties) {
            return new ModelRecord(properties);
        };

        /**
         * Encodes the specified ModelRecord message. Does not implicitly {@link shoal.ModelRecord.verify|verify} messages.
         * @function encode
         * @memberof shoal.ModelRecord
         * @static
         * @param {shoal.ModelRecord.$Properties} message ModelRecord message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        ModelRecord.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.minReader != null && $Object.hasOwnProperty.call(message, "minReader") && message.minReader !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.minReader);
            if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.name);
            if (message.versions != null && message.versions.length)
                for (let i = 0; i < message.versions.length; ++i)
                    $root.shoal.ModelVersion.encode(message.versions[i], writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
            if (message.live != null && $Object.hasOwnProperty.call(message, "live") && message.live !== 0)
                writer.uint32(/* id 4, wireType 0 =*/32).uint32(message.live);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a ModelRecord message from the specified reader or buffer.
         * @function decode
         * @memberof shoal.ModelRecord
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {shoal.ModelRecord & shoal.ModelRecord.$Shape} ModelRecord
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        ModelRecord.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.shoal.ModelRecord();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.minReader = value;
                        else
                            delete message.minReader;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.name = value;
                        else
                            delete message.name;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if (!(message.versions && message.versions.length))
                            message.versions = [];
                        message.versions.push($root.shoal.ModelVersion.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.live = value;
                        else
                            delete message.live;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for ModelRecord
         * @function getTypeUrl
         * @memberof shoal.ModelRecord
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        ModelRecord.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/shoal.ModelRecord";
        };

        return ModelRecord;
    })();

    return shoal;
})();

export {
  $root as default
};
