"""What TwiML for voice knows: which element may stand in which, and with which attributes.

Taken from the pages of the verbs (TwiML for Programmable Voice). Speech mark-up inside `<Say>` is text to us.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_SPOKEN = "break emphasis lang p phoneme prosody s say-as sub w speak amazon:effect amazon:domain"
_CALLBACK = "statusCallback statusCallbackEvent statusCallbackMethod"
_RECORDING = "record trim recordingStatusCallback recordingStatusCallbackMethod recordingStatusCallbackEvent"

_NOUNS = {
    "Response": "Connect Dial Echo Enqueue Gather Hangup Leave Pause Pay Play Prompt Queue Record Redirect Refer "
    "Reject Say Siprec Sms Start Stop",
    "Connect": "AiSession Assistant Autopilot Conversation ConversationRelay ConversationRelaySession Room Stream "
    "VirtualAgent WhatsApp",
    "Dial": "Application Client Conference Number Queue Sim Sip WhatsApp",
    "Gather": "Say Pause Play",
    "Prompt": "Say Pause Play",
    "Start": "Siprec Stream Transcription",
    "Stop": "Siprec Stream Transcription",
    "Say": _SPOKEN,
}

NOUNS: Mapping[str, frozenset[str]] = {
    **{name: frozenset(children.split()) for name, children in _NOUNS.items()},
    **{name: frozenset(_SPOKEN.split()) for name in _SPOKEN.split()},
}

_ATTRIBUTES = {
    "Connect": "action method",
    "Room": "participantIdentity",
    "Dial": "action answerOnBridge callerId callReason events hangupOnStar method recordingTrack referMethod referUrl "
    f"ringTone sequential timeLimit timeout {_RECORDING}",
    "Number": f"byoc callReason machineDetection method phoneNumberType sendDigits url {_CALLBACK}",
    "Client": f"method url {_CALLBACK}",
    "Sip": f"method password url username {_CALLBACK}",
    "Gather": "action actionOnEmptyResult bargeIn debug enhanced finishOnKey hints input language maxSpeechTime method "
    "numDigits partialResultCallback partialResultCallbackMethod profanityFilter speechModel speechTimeout timeout",
    "Say": "language loop voice",
    "Pause": "length",
    "Play": "digits loop",
    "Redirect": "method",
    "Reject": "reason",
    "Hangup": "",
}

ATTRIBUTES: Mapping[str, frozenset[str]] = {
    name: frozenset(attributes.split()) for name, attributes in _ATTRIBUTES.items()
}
"""Of what the sandbox carries out; it does not judge the attributes of anything else."""
