"""Greetings, thanks, questions about Pipit itself, and what it cannot answer."""

from __future__ import annotations

from . import fillings
from .choice import Chooser, Wordings, ways
from .scene import DONT_KNOW, UNCLEAR, Scene, Turn
from .spoken import number

WHO = "I'm Pipit, a small voice assistant. I run offline, on this device."
CAN = (
    "I'm a small pocket model, running offline on this device. I can switch lights, set timers, "
    "remember things, and tell a story or a joke."
)
FIXED: tuple[tuple[float, str, Wordings, str], ...] = (
    (
        4,
        "greeting",
        ways(
            "hello",
            "hi",
            "hey",
            "hello there",
            "hi there",
            "hello pipit",
            "hi pipit",
            "hey there",
            "good day",
            "hey pipit",
            "hello again",
            "hi again",
            "good morning pipit hello",
            held=("greetings", "hello hello", "well hello there"),
        ),
        "Hello! How can I help?",
    ),
    (
        1,
        "greeting",
        ways("good morning", "good morning pipit", held=("a very good morning",)),
        "Good morning! How can I help?",
    ),
    (
        1,
        "greeting",
        ways("good afternoon", "good afternoon pipit", held=("a very good afternoon",)),
        "Good afternoon! How can I help?",
    ),
    (
        1,
        "greeting",
        ways("good evening", "good evening pipit", held=("a very good evening",)),
        "Good evening! How can I help?",
    ),
    (
        4,
        "thanks",
        ways(
            "thank you",
            "thanks",
            "thank you very much",
            "thanks a lot",
            "great thanks",
            "many thanks",
            "thank you so much",
            "okay thank you",
            "thank you pipit",
            "thanks pipit",
            "great thank you",
            "perfect thanks",
            "thanks for that",
            "thank you for your help",
            "okay thanks",
            "very nice thank you",
            "thanks that's all",
            "that's perfect thank you",
            "good thank you",
            "lovely thanks",
            held=("that's great thank you", "nice thank you", "thanks so much", "wonderful thank you"),
        ),
        "You're welcome.",
    ),
    (
        3,
        "goodbye",
        ways(
            "goodbye",
            "bye",
            "see you",
            "see you later",
            "bye bye",
            "that's all",
            "i have to go",
            "see you tomorrow",
            "goodbye pipit",
            "bye pipit",
            "that is all",
            "okay bye",
            "okay goodbye",
            "i'm leaving now",
            "see you soon",
            "until tomorrow",
            "bye for today",
            "i am going now",
            "that was all",
            "goodbye and thank you",
            "i have to leave",
            held=("talk to you later", "goodbye for now", "that is all for now", "bye for now"),
        ),
        "Goodbye!",
    ),
    (
        1,
        "goodbye",
        ways("good night", "good night pipit", "i'm going to bed", held=("have a good night",)),
        "Good night! Sleep well.",
    ),
    (
        4,
        "who",
        ways(
            "who are you",
            "what are you",
            "what is your name",
            "what's your name",
            "tell me who you are",
            "who am i talking to",
            "introduce yourself",
            "do you have a name",
            "tell me about yourself",
            "who is this",
            "and who are you",
            "what are you called",
            "who is pipit",
            "can you tell me who you are",
            "do you know who you are",
            "please introduce yourself",
            "so who are you",
            "can you tell me your name",
            "what do they call you",
            "who is speaking",
            "who is there",
            "i want to know who you are",
            held=("what should i call you", "who am i speaking to", "say who you are", "tell me your name"),
        ),
        WHO,
    ),
    (
        4,
        "can",
        ways(
            "what can you do",
            "how can you help me",
            "help",
            "what do you do",
            "what are you good at",
            "what can i ask you",
            "what can i say",
            "tell me what you can do",
            "what are your skills",
            "help me",
            "what can you do for me",
            "what things can you do",
            "what else can you do",
            "how can you help",
            "can you tell me what you can do",
            "what do you know",
            "show me what you can do",
            "what can you help with",
            "what can i do with you",
            "i want to know what you can do",
            "what can i use you for",
            "i need help",
            "can you help me",
            "give me a few ideas",
            "what is possible",
            "explain what you can do",
            held=(
                "give me some examples",
                "list your abilities",
                "what are you able to do",
                "what do you know how to do",
            ),
        ),
        CAN,
    ),
    (
        3,
        "small talk",
        ways(
            "how are you",
            "how are you doing",
            "how is it going",
            "how do you feel",
            "are you okay",
            "are you well",
            "how are you today",
            "how are you pipit",
            "hello how are you",
            "hi how are you",
            "how's it going",
            held=("how have you been", "how are things", "how do you do"),
        ),
        "I'm fine, thank you. How are you?",
    ),
    (
        2,
        "small talk",
        ways(
            "i'm fine",
            "i'm good",
            "i'm doing well",
            "i feel great",
            "i'm happy",
            "i am well",
            "i'm fine thank you",
            "i am fine",
            "i'm very well",
            "fine thanks",
            "i'm good thanks",
            held=("i feel very well", "i'm doing great", "pretty good"),
        ),
        "That's good to hear.",
    ),
    (
        1,
        "small talk",
        ways(
            "i'm tired",
            "i'm sad",
            "i feel bad",
            "i'm sick",
            "i have a headache",
            "i'm bored",
            "i am not well",
            "i feel sad",
            "i am sad",
            "i am tired",
            "i had a bad day",
            held=("i feel tired", "i am bored", "i'm lonely"),
        ),
        "I'm sorry to hear that.",
    ),
    (
        2,
        "small talk",
        ways(
            "do you need the internet",
            "are you online",
            "do you use the internet",
            "do you work without internet",
            "are you connected to the cloud",
            "are you offline",
            "do you send my data away",
            "do you need wifi",
            "is my data private",
            "are you private",
            held=("are you on the internet", "who can hear me", "is my voice sent to the cloud"),
        ),
        "No internet needed. Everything stays on this device.",
    ),
    (
        1,
        "small talk",
        ways(
            "you are great",
            "good job",
            "well done",
            "you're funny",
            "i like you",
            "you are very smart",
            "nice work",
            "that was nice",
            "i love you",
            "that was funny",
            "that was a nice story",
            held=("you're great", "that was good", "you are wonderful"),
        ),
        "Thank you, that's kind.",
    ),
    (
        1,
        "small talk",
        ways(
            "you are stupid",
            "you're wrong",
            "that's wrong",
            "that is not right",
            "you made a mistake",
            "that's not correct",
            "that's not what i said",
            "no that's wrong",
            held=("that was wrong", "you got that wrong", "this is not correct"),
        ),
        "Sorry, I'm only a small model and I make mistakes.",
    ),
    (
        1,
        "small talk",
        ways(
            "who made you",
            "who built you",
            "where do you come from",
            "who created you",
            "who programmed you",
            held=("who trained you", "who wrote you"),
        ),
        "I was trained from scratch, as a tiny open model.",
    ),
    (
        1,
        "small talk",
        ways(
            "are you a robot",
            "are you a person",
            "are you real",
            "are you human",
            "are you a computer",
            "are you alive",
            held=("are you a machine", "are you a real person"),
        ),
        "I'm only a small computer program.",
    ),
    (
        1,
        "small talk",
        ways(
            "can you hear me",
            "are you there",
            "are you listening",
            "do you hear me",
            "pipit are you there",
            "pipit",
            "hey are you still there",
            held=("are you still listening", "is anybody there"),
        ),
        "Yes, I can hear you.",
    ),
    (
        1,
        "small talk",
        ways(
            "sing a song",
            "sing me a song",
            "can you sing",
            "sing something",
            held=("please sing for me",),
        ),
        "La la la. I'm better at stories.",
    ),
    (
        2,
        "stop",
        ways(
            "stop",
            "be quiet",
            "cancel",
            "shut up",
            "that's enough",
            "quiet",
            "silence",
            "stop talking",
            "enough",
            "stop it",
            "please stop",
            "stop please",
            "okay stop",
            "wait",
            held=("quiet please", "no more", "stop that now"),
        ),
        "Okay.",
    ),
    (
        1,
        "yes",
        ways(
            "yes",
            "yeah",
            "yes please",
            "yep",
            "sure",
            "of course",
            "that's right",
            "correct",
            "okay",
            "right",
            held=("yes that's right", "yes of course", "exactly"),
        ),
        "Okay.",
    ),
    (
        1,
        "no",
        ways(
            "no",
            "nope",
            "no thanks",
            "not now",
            "no thank you",
            "never mind",
            "not really",
            "no no",
            held=("nah", "no not now", "not today"),
        ),
        "All right.",
    ),
)
"""Weight, kind, wordings, and the one reply to them."""
EXACT_KINDS = ("greeting", "goodbye", "thanks", "stop", "yes", "no")

UNKNOWN = ways(
    "what is the capital of {city}",
    "who is the president of {city}",
    "what's the weather like in {city}",
    "will it rain tomorrow",
    "who won the {x} game last night",
    "how far is {city} from {other}",
    "how tall is the {x} tower",
    "when was {name} {y} born",
    "who wrote {x} {y}",
    "play some music by {name}",
    "what is the price of {x}",
    "how many people live in {city}",
    "what's in the news",
    "tell me about {x} history",
    "what does {x} mean",
    "how do i cook {food}",
    "translate {x} into french",
    "who invented the {x}",
    "why is the {x} {adj}",
    "what is the best {x} in {city}",
    "book a table in {city}",
    "call {name}",
    "send a message to {name}",
    "how old is {name} {y}",
    "is {x} better than {y}",
    "what is the weather today",
    "what's the score of the {x} match",
    "where can i buy {food}",
    "which {x} has the most {y}",
    "explain {x} to me",
    "how does a {x} work",
    "who discovered {x}",
    "what causes {x}",
    "order a {food} for me",
    "find a {x} near {city}",
    "how deep is the {x} sea",
    "when does the train to {city} leave",
    "search the internet for {x}",
    "what is {a} plus {b}",
    "how much is {a} times {b}",
    "what is {a} minus {b}",
    "what's {a} and {b}",
    "calculate {a} times {b}",
    "what is {a} divided by {b}",
    "spell {x}",
    "how do you spell {x}",
    "how is {x} spelled",
    "what is a {x}",
    "what is {x}",
    "why do {x} {y}",
    "how many {x} are in a {y}",
    "what is the meaning of life",
    "who is the king of {city}",
    "what is the biggest {x} in the world",
    "is it cold in {city}",
    held=(
        "what is the population of {city}",
        "who is {name} {y}",
        "what's the temperature outside",
        "who painted the {x}",
        "how much does a {x} cost",
        "when did the {x} war end",
        "read me the news about {x}",
        "what language do they speak in {city}",
        "add {a} and {b}",
        "what letters are in {x}",
        "{a} plus {b}",
    ),
)
AGAIN = ways(
    "say that again",
    "repeat that",
    "pardon",
    "what did you say",
    "what was that",
    "can you repeat that",
    "one more time",
    "i didn't hear you",
    "once more please",
    "sorry what",
    "say it again",
    "repeat that please",
    "please repeat",
    held=("come again", "could you say that again", "can you say it again", "i did not hear that"),
)
REPEAT = ways(
    "repeat after me {}",
    "say {}",
    "repeat {}",
    "please say {}",
    "repeat the words {}",
    "say after me {}",
    "say the words {}",
    held=("say this {}", "repeat this sentence {}", "now say {}"),
)
GO_ON = ways(
    "go on",
    "continue",
    "please continue",
    "and then",
    "what happened next",
    "go on please",
    "keep going",
    "how does the story go on",
    held=("carry on", "tell me the rest", "continue the story"),
)
SALAD = "the a of in to and it that for was with on at but".split()


def fixed(scene: Scene) -> Turn:
    """A turn with one fixed answer."""
    _, kind, wordings, reply = scene.choose.rng.choices(FIXED, [row[0] for row in FIXED])[0]
    return Turn(kind, scene.choose.way(wordings), reply, plain=kind in EXACT_KINDS)


def unknown_question(choose: Chooser) -> str:
    """A question that a tiny offline model has no answer to."""
    return choose.way(UNKNOWN).format(
        city=fillings.city(choose),
        other=fillings.city(choose),
        name=fillings.name(choose),
        x=fillings.word(choose),
        y=fillings.word(choose),
        food=choose.filling(fillings.FOODS),
        adj=choose.any(fillings.ADJECTIVES),
        a=number(choose.between(0, 120)),
        b=number(choose.between(0, 120)),
    )


def unknown(scene: Scene) -> Turn:
    """A question about the world, a sum, a word to spell: not for this model."""
    return Turn("unknown", unknown_question(scene.choose), DONT_KNOW)


def unclear(scene: Scene) -> Turn:
    """Words without a meaning, as from a recogniser that heard noise."""
    choose, manner = scene.choose, scene.choose.rng.random()
    if manner < 0.3:
        user = fillings.phrase(choose)
    elif manner < 0.8:
        mixed = fillings.NOUNS + fillings.ADJECTIVES + fillings.VERBS + SALAD * 2
        user = " ".join(choose.any(mixed) for _ in range(choose.between(2, 7)))
    else:
        user = " ".join(fillings.made_up(choose) for _ in range(choose.between(1, 3)))
    return Turn("unclear", user, UNCLEAR, plain=True)


def repeat(scene: Scene) -> Turn:
    """Say the person's words after them."""
    words = fillings.phrase(scene.choose)
    return Turn("repeat", scene.choose.way(REPEAT).format(words), f"Okay, {words}.", plain=True)


def again(scene: Scene) -> Turn | None:
    """Say the last reply once more, all of it even if it was cut."""
    last = scene.turns[-1] if scene.turns else None
    if last is None or not last.taught:
        return None
    return Turn("again", scene.choose.way(AGAIN), last.reply, plain=True)


def go_on(scene: Scene) -> Turn | None:
    """Take a story up again, at the sentence in which it was cut."""
    last = scene.turns[-1] if scene.turns else None
    if last is None or last.kind != "story" or last.heard is None or last.heard.endswith(last.reply[-12:]):
        return None
    start = max(last.reply.rfind(mark, 0, len(last.heard)) + 1 for mark in ".?!")
    return Turn("go on", scene.choose.way(GO_ON), last.reply[start:].strip(), plain=True)
