"""What the wordings are filled with: names, places, things, words, and words that nobody has heard before."""

from __future__ import annotations

from .choice import Chooser, is_held

NAMES = (
    "aaron abby abigail ada adam adrian agnes aisha alan albert alex alexander alfie alfred ali alice "
    "alicia alison amanda amber amelia amir amy andrea andrew angela anita ann anna anne annie anthony "
    "anton arthur asha audrey austin ava barbara beatrice becky bella ben benjamin bernard beth betty bill "
    "billy bob bonnie brad brandon brenda brian bridget bruce bruno caleb callum cameron carl carla carlos "
    "carmen carol caroline carrie catherine cecilia charles charlie charlotte chloe chris christian "
    "christina christine christopher cindy claire clara claudia clive colin connor craig crystal curtis "
    "daisy dan daniel daphne darren dave david dawn dean deborah debra denise dennis derek diana diane "
    "diego dominic donald donna dora doris dorothy doug douglas duncan dylan eddie edgar edith edward "
    "elaine eleanor elena eli elijah elizabeth ella ellen ellie elsa emil emily emma eric erica erik erin "
    "ernest esther ethan eva evan eve evelyn faith fatima felix fiona flora florence frances francis frank "
    "fred freddie frederick gabriel gareth gary gavin gemma gene geoffrey george gerald gina gloria gordon "
    "grace graham grant greg greta gus guy hanna hannah hans harold harriet harry harvey hazel heather "
    "hector heidi helen henry herbert holly hope howard hugh hugo ian ida imogen ingrid irene iris isaac "
    "isabel isla ivan ivy jack jackie jacob jade jake james jamie jan jane janet janice jasmine jason jay "
    "jean jeff jenna jennifer jenny jeremy jerry jesse jessica jill jim jimmy joan joanna joe joel john "
    "johnny jonas jonathan jordan joseph josh joshua joy joyce juan judith judy julia julian julie june "
    "justin karen karl kate katherine kathleen kathy katie keith kelly ken kenneth kerry kevin kim kirsty "
    "kyle lars laura lauren laurence lee lena leo leon leonard leslie lewis liam lily linda lisa logan "
    "lois lola louis louise lucas lucy luke luna lydia lynn mabel maggie malcolm marcus margaret maria "
    "marie marion mark martha martin mary mason matilda matt matthew maureen maurice max megan mei melanie "
    "melissa michael michelle miguel mike mila miles millie miriam mohamed molly mona monica morgan muriel "
    "nadia nancy naomi natalie nathan neil nicholas nick nicola nigel nina noah noel nora norman olga "
    "oliver olivia omar oscar otto owen pablo pamela pat patricia patrick paul paula pauline pedro penny "
    "peter petra phil philip phoebe phyllis polly priya quinn rachel ralph raymond rebecca reggie rhys "
    "richard rick rita rob robert robin roger roland ron ronald rosa rose rosemary ross roy ruby rupert "
    "russell ruth ryan sally sam samantha samuel sandra sara sarah scott sean sebastian seth shannon "
    "sharon shaun sheila shirley sidney silvia simon sofia sonia sophia sophie stacey stan stanley stella "
    "stephanie stephen steve steven stuart sue summer susan suzanne sven sylvia tara ted teresa terry thea "
    "theo theresa thomas tim timothy tina toby todd tom tony tracy trevor tyler ursula valerie vanessa "
    "vera vernon veronica vicky victor victoria vincent violet virginia vivian walter wanda warren wayne "
    "wendy wilfred will william xavier yara yasmin yusuf yvonne zach zara zoe"
).split()
CITIES = (
    "berlin|paris|london|madrid|rome|vienna|oslo|dublin|lisbon|athens|prague|warsaw|tokyo|boston|chicago|"
    "denver|toronto|sydney|cairo|delhi|lima|bristol|leeds|hamburg|munich|lyon|porto|turin|bergen|ghent|"
    "basel|zurich|cork|galway|york|bath|oxford|seattle|austin|dallas|kyoto|osaka|nairobi|lagos|accra|quito|"
    "new york|san diego|cape town|glasgow|cardiff|belfast|norwich|exeter|plymouth|dover|brighton|cambridge|"
    "manchester|liverpool|sheffield|nottingham|perth|melbourne|brisbane|adelaide|auckland|montreal|ottawa|"
    "houston|phoenix|atlanta|miami|memphis|portland|detroit|geneva|milan|naples|venice|seville|valencia|"
    "barcelona|cologne|stuttgart|dresden|leipzig|brussels|antwerp|rotterdam|amsterdam|copenhagen|stockholm|"
    "helsinki|riga|budapest|bucharest|sofia"
).split("|")
FOODS = [
    food.replace("_", " ")
    for food in (
        "pizza pasta soup rice bread cheese salad sushi curry pancakes apples bananas chocolate fish tofu "
        "beans porridge stew noodles eggs mushrooms carrots grapes olives honey toast waffles dumplings tacos "
        "chili lentils spinach potatoes strawberries cherries peaches pears melon pumpkin lasagna risotto "
        "sandwiches biscuits cake ice_cream fried_rice apple_pie tomato_soup"
    ).split()
]
DRINKS = "tea coffee water juice milk lemonade cocoa cider beer wine soda espresso cola smoothies".split()
COLOURS = (
    "red blue green yellow orange purple pink black white grey brown turquoise silver gold violet crimson "
    "teal beige navy scarlet"
).split()
JOBS = (
    "teacher nurse carpenter baker driver doctor farmer gardener painter pilot plumber cook writer singer "
    "engineer student lawyer tailor mechanic librarian dentist waiter builder designer musician sailor "
    "soldier barber chef clerk miner potter welder janitor manager coach vet"
).split()
ANIMALS = "dog cat rabbit hamster parrot horse pony goat snake turtle mouse canary".split()
ROOMS = (
    "living room|kitchen|bedroom|bathroom|hallway|garage|office|garden|cellar|attic|nursery|porch|study|"
    "dining room|guest room|hall|balcony|workshop|laundry|shed|basement|upstairs|downstairs|kids room"
).split("|")
THINGS = (
    "keys wallet passport umbrella glasses charger toolbox suitcase camera ladder bicycle hammer torch "
    "medicine notebook scissors battery tickets helmet blanket jacket hat gloves drill phone laptop tablet "
    "remote headphones pen book letter parcel bottle bucket rope screwdriver tape glue paint candles "
    "matches map backpack watch ring necklace scarf boots shoes raincoat guitar cable printer stapler "
    "stamps"
).split()
PLACES = (
    "under the bed|on the table|in the drawer|behind the door|in the car|on the shelf|in the blue box|"
    "next to the sofa|in the garage|under the stairs|in my bag|on top of the fridge|in the cupboard|"
    "by the window|in the shed|behind the mirror|on the desk|in the top drawer|in the basket|near the lamp|"
    "in the kitchen|on the chair|under the sink|in the red bag|behind the sofa|on the wall|in the wardrobe|"
    "next to the bed|in the cellar|on the windowsill|at the office|in the freezer|under the carpet|"
    "by the front door|in my pocket"
).split("|")
TASKS = (
    "call mum|take the pills|water the plants|check the oven|feed the cat|buy milk|lock the door|"
    "stretch my legs|take out the rubbish|call the doctor|turn off the stove|drink some water|pay the rent|"
    "pack my bag|walk the dog|charge the phone|close the window|write to the bank|wash the car|"
    "clean the desk|send the letter|ring my sister|bake a cake|fix the bike|empty the bin|buy some bread|"
    "take a break|iron my shirt|order new glasses|sweep the floor"
).split("|")
HOBBIES = (
    "reading|swimming|chess|cooking|hiking|painting|running|dancing|fishing|gardening|knitting|singing|"
    "cycling|baking|photography|climbing|sailing|football|tennis|pottery|playing the guitar|"
    "playing the piano|sewing|skiing"
).split("|")
WORDS = (
    "cat dog sun tree house water apple bread chair table river stone cloud green light music happy small "
    "world friend school garden orange window summer winter paper pencil bottle button camera carrot "
    "cheese circle coffee doctor dragon engine family finger flower forest ginger hammer island jacket "
    "kitten ladder lemon magnet market mirror monkey mother number office parrot planet pocket potato "
    "purple rabbit rocket sailor silver spider spring square street sugar thunder tiger timer travel "
    "turtle violin yellow zebra bird boat cake coat cold door fish frog gold hand hill horse jump king "
    "lake lamp leaf lion milk moon nest nose park rain ring road rose salt sand ship shoe snow soap star "
    "swan tent time toad train wind wolf wood anchor bridge candle castle corner feather hunter iron "
    "jungle kettle letter meadow needle onion palace quiet ribbon shadow temple uncle valley wagon"
).split()
NOUNS = (
    "man woman boy girl teacher dog bird train boat river mountain city market song story game garden "
    "letter picture farmer ship storm bridge castle forest road cake window"
).split()
ADJECTIVES = (
    "big small red old new green happy quiet loud slow fast warm cold bright dark heavy tall little clever"
).split()
VERBS = ("sees finds likes paints carries opens follows builds sells washes watches hides draws needs wants").split()

ONSETS = "b c d f g h j k l m n p r s t v w z br cl dr fl gr kr pl st tr sh th ch".split()
VOWELS = "a e i o u ai ee o a e ia".split()
CODAS = ("", "", "", "n", "r", "l", "s", "m", "t", "k", "nd", "x")


def made_up(choose: Chooser, syllables: int = 0) -> str:
    """A word that nobody uses: it can only be answered by copying, which is what it teaches."""
    while True:
        count = syllables or choose.any((1, 2, 2, 3))
        word = "".join(choose.any(ONSETS) + choose.any(VOWELS) + choose.any(CODAS) for _ in range(count))
        if is_held(word) == choose.split.held_fillings:
            return word


def name(choose: Chooser) -> str:
    """A first name in lower case, sometimes one that no list has, rarely with a second name."""
    first = made_up(choose, 2) if choose.chance(0.35) else choose.filling(NAMES)
    if choose.chance(0.04):
        return first + " " + (made_up(choose, 2) if choose.chance(0.5) else choose.filling(NAMES))
    return first


def city(choose: Chooser) -> str:
    """A place to live in, lower case."""
    return made_up(choose) if choose.chance(0.3) else choose.filling(CITIES)


def word(choose: Chooser) -> str:
    """Any noun or adjective, or a made-up word."""
    return made_up(choose) if choose.chance(0.3) else choose.filling(WORDS)


def phrase(choose: Chooser) -> str:
    """Something to be repeated, two to seven words."""
    if choose.chance(0.5):
        return (
            f"the {choose.any(ADJECTIVES)} {choose.any(NOUNS)} {choose.any(VERBS)} "
            f"the {choose.any(ADJECTIVES)} {choose.any(NOUNS)}"
        )
    return " ".join(word(choose) for _ in range(choose.between(2, 5)))
