"""Jokes, facts, stories and a calm moment: pieces that the model learns by heart. All written for Pipit.

Clauses are short, since each is spoken as soon as it is complete.
"""

from __future__ import annotations

from collections.abc import Sequence

from .choice import Chooser, Wordings, ways
from .scene import Scene, Turn

JOKES = (
    "Why did the lamp fail its exam? It was not very bright.",
    "What did the door say to the window? I can see right through you.",
    "Why did the kettle go to bed early? It had been letting off steam all day.",
    "Why do robots never get lost? They just follow the program.",
    "Why did the sock go to the party alone? Its other half was lost in the wash.",
    "What did the spoon say to the soup? Sorry, I did not mean to stir you up.",
    "Why was the clock so tired? It had been running all night.",
    "What is a small computer's favourite snack? One tiny chip.",
    "Why did the ladder feel sad? Everybody walked all over it.",
    "Why did the blanket get a medal? It covered for everyone.",
)
FACTS = (
    "An octopus has three hearts, and its blood is blue.",
    "Honey can stay good for hundreds of years in a closed jar.",
    "A day on Venus lasts longer than a year on Venus.",
    "Light from the sun needs about eight minutes to reach us.",
    "Bees dance to tell each other where the flowers are.",
    "A starfish has no brain at all.",
    "There is no wind on the moon, so footprints stay there for a very long time.",
    "Cats sleep for more than half of their lives.",
    "Ice floats, because water takes more room when it freezes.",
    "Some kinds of bamboo can grow almost a metre in one day.",
)
STORIES = (
    "Once upon a time, a little fox lived by a quiet river. Every night, she counted the stars in the water. "
    "One night a cloud came, and the stars were gone. The fox waited, and the wind blew the cloud away. "
    "Then the stars came back, and one of them was new.",
    "Far away in the hills, an old train slept in a dark shed. Nobody had needed it for years. "
    "One morning the road was full of snow, and the children could not get to school. "
    "So the old train woke up, blew its whistle, and took them all the way there.",
    "There was once a small robot, who was afraid of rain. He stayed inside, and looked out of the window. "
    "One day a wet kitten sat at the door. The robot took his umbrella, walked into the rain, "
    "and carried the kitten home. Now he likes the sound of the drops.",
    "In a garden behind a house, a snail wanted to see the sea. It was a long way, so she started early. "
    "A bird laughed at her, flew ahead, and lost the way. The snail went on, slowly, day after day. "
    "In summer she heard the waves, and smiled.",
    "Long ago, a baker made the best bread in the village. One winter he had no flour left. "
    "He gave his last bun to a hungry stranger, and went to bed. "
    "In the morning, ten sacks of flour stood at his door, and a note said thank you.",
    "On a tall rock stood a lighthouse, and its lamp was tired. "
    "Every night it shone, and nobody said a word. One foggy evening a boat was lost, "
    "and the sailor began to sing. The lamp shone as bright as it could, and the boat came safely home.",
    "Last winter, a mouse found a teapot in the snow. It was dry inside, so she made it her home. "
    "A beetle knocked, then a sparrow, then a very cold frog. "
    "There was not much room, but they kept each other warm. In spring they moved out, and stayed friends.",
    "High above the town, the moon was bored. So she put on a grey coat, and came down for a walk. "
    "She fed the ducks, and tried the swings. "
    "But the night was too dark without her, and a child began to cry. The moon went home, and winked.",
    "Every Sunday, a girl and her grandfather repaired old clocks. "
    "One of them would not tick, whatever they did. So the girl told it a joke, very softly. "
    "First the clock was silent, then it said tick, and it has been laughing ever since.",
)
CALM = (
    "Let's slow down together. Breathe in through your nose, and count to four. Hold it for a moment, "
    "then let it go slowly. Let your shoulders drop, and breathe once more.",
)
REQUESTS = ways("any piece")
"""Ways to ask for any piece."""
A_JOKE = (
    "a joke",
    "a joke",
    "a joke",
    "another joke",
    "a good joke",
    "one more joke",
    "a short joke",
    "a funny joke",
    "something funny",
    "your best joke",
)
A_FACT = (
    "a fact",
    "a fact",
    "a fact",
    "another fact",
    "a fun fact",
    "one more fact",
    "something interesting",
    "an interesting fact",
    "something new",
)
A_STORY = (
    "a story",
    "a story",
    "a story",
    "another story",
    "a short story",
    "one more story",
    "a bedtime story",
    "a nice story",
    "a little story",
    "your favourite story",
)
MAKE_LAUGH = ways("make laugh")
TEACH = ways("teach")
NARRATE = ways("narrate")
GIVE_CALM = ways("give calm")


def _request(choose: Chooser, names: Sequence[str], special: Wordings) -> str:
    """A way to ask for any piece with this one's name in it, or one that suits only this kind."""
    return choose.way(special if choose.chance(0.12) else REQUESTS).format(choose.any(names))


def _piece(scene: Scene, kind: str, pieces: Sequence[str], user: str) -> Turn:
    """The piece after the one told last, so that "another one" brings another."""
    last = scene.recall(kind)
    number = scene.choose.between(0, len(pieces) - 1) if last is None else (int(last) + 1) % len(pieces)
    scene.learn(kind, str(number))
    return Turn(kind, user, pieces[number], accept=tuple(pieces))


def joke(scene: Scene) -> Turn:
    """A joke."""
    return _piece(scene, "joke", JOKES, _request(scene.choose, A_JOKE, MAKE_LAUGH))


def fact(scene: Scene) -> Turn:
    """A fact about the world."""
    return _piece(scene, "fact", FACTS, _request(scene.choose, A_FACT, TEACH))


def story(scene: Scene) -> Turn:
    """A short story."""
    return _piece(scene, "story", STORIES, _request(scene.choose, A_STORY, NARRATE))


def calm(scene: Scene) -> Turn:
    """A moment of quiet breathing."""
    return _piece(scene, "calm", CALM, scene.choose.way(GIVE_CALM))
