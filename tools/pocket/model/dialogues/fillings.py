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
        "sandwiches biscuits cake ice_cream fried_rice apple_pie tomato_soup omelette burgers sausages cabbage "
        "cucumber peas onions garlic pickles popcorn crackers muffins pies cookies jam butter yoghurt cream "
        "raspberries blueberries plums apricots lemons oranges mangoes pineapple coconut nuts almonds walnuts "
        "chips steak chicken turkey ham salmon tuna shrimp crab oatmeal cereal porridge_with_honey roast_potatoes "
        "bean_salad pea_soup lemon_cake rice_pudding mushroom_pie cheese_toast corn_bread egg_noodles"
    ).split()
]
DRINKS = (
    "tea|coffee|water|juice|milk|lemonade|cocoa|cider|beer|wine|soda|espresso|cola|smoothies|green tea|black coffee|"
    "hot chocolate|iced tea|apple juice|orange juice|tomato juice|ginger ale|ginger tea|peppermint tea|white wine|"
    "red wine|oat milk|buttermilk|mineral water|hot water|tonic|cappuccino|latte|mocha|whisky|rum|gin|punch|"
    "grape juice|carrot juice|root beer|milk shakes|cold water|lemon tea"
).split("|")
COLOURS = (
    "red blue green yellow orange purple pink black white grey brown turquoise silver gold violet crimson "
    "teal beige navy scarlet maroon indigo lavender magenta cyan olive peach ivory copper bronze amber lilac mauve "
    "emerald ruby mint coral khaki tan cream rust plum charcoal mustard"
).split()
JOBS = (
    "teacher nurse carpenter baker driver doctor farmer gardener painter pilot plumber cook writer singer "
    "engineer student lawyer tailor mechanic librarian dentist waiter builder designer musician sailor "
    "soldier barber chef clerk miner potter welder janitor manager coach vet cleaner postman butcher florist "
    "photographer journalist dancer sculptor translator cashier surgeon pharmacist midwife scientist chemist "
    "programmer electrician roofer glazier locksmith shepherd forester firefighter policeman judge banker "
    "accountant actor drummer pianist conductor ranger guide porter courier fisherman weaver cobbler jeweller "
    "blacksmith bricklayer caretaker consultant secretary lecturer referee trainer"
).split()
ANIMALS = (
    "dog cat rabbit hamster parrot horse pony goat snake turtle mouse canary sheep donkey duck goose hen lizard frog "
    "ferret budgie goldfish kitten puppy pig tortoise"
).split()
ROOMS = (
    "living room|kitchen|bedroom|bathroom|hallway|garage|office|garden|cellar|attic|nursery|porch|study|"
    "dining room|guest room|hall|balcony|workshop|laundry|shed|basement|upstairs|downstairs|kids room|stable|library|"
    "pantry|conservatory|terrace|lobby|corridor|gym|sauna|studio|lounge|spare room|play room|music room|back yard|"
    "front porch|greenhouse|barn|loft|landing|storeroom|utility room|sitting room"
).split("|")
THINGS = (
    "keys wallet passport umbrella glasses charger toolbox suitcase camera ladder bicycle hammer torch "
    "medicine notebook scissors battery tickets helmet blanket jacket hat gloves drill phone laptop tablet "
    "remote headphones pen book letter parcel bottle bucket rope screwdriver tape glue paint candles "
    "matches map backpack watch ring necklace scarf boots shoes raincoat guitar cable printer stapler "
    "stamps pencil ruler comb brush mug teapot spoon fork knife plate pan pot kettle sponge towel soap razor mirror "
    "pillow sheets curtain lamp bulb cord plug screws nails pliers saw spanner rake spade hose seeds gloves purse "
    "handbag sandals slippers socks belt tie shirt coat sweater trousers cloak pyjamas diary calendar newspaper "
    "magazine folder envelope ball racket skates tent sextant whistle violin drum puzzle marker cards toys crayons "
    "bandages tweezers thermometer vitamins coins receipt licence contract dictionary"
).split()
PLACES = (
    "under the bed|on the table|in the drawer|behind the door|in the car|on the shelf|in the blue box|"
    "next to the sofa|in the garage|under the stairs|in my bag|on top of the fridge|in the cupboard|"
    "by the window|in the shed|behind the mirror|on the desk|in the top drawer|in the basket|near the lamp|"
    "in the kitchen|on the chair|under the sink|in the red bag|behind the sofa|on the wall|in the wardrobe|"
    "next to the bed|in the cellar|on the windowsill|at the office|in the freezer|under the carpet|"
    "by the front door|in my pocket|on the stairs|under the table|in the washing machine|on the piano|behind the tree|"
    "in the suitcase|on the roof|at the bottom of the box|beside the bed|on the balcony|under my pillow|in the oven|"
    "next to the phone|in the kitchen drawer|on the top shelf|by the fireplace|in my coat|behind the curtain|"
    "at the front desk|in the letterbox|under the bench|on the bookcase|in the bathroom|next to the toaster|"
    "inside the green bag|on the radiator|in the back of the van|in the hall|with the neighbours|at my mother's|"
    "between the books|above the door|in the big bowl|under the newspaper|on my bike|in the laundry basket"
).split("|")
TASKS = (
    "call mum|take the pills|water the plants|check the oven|feed the cat|buy milk|lock the door|"
    "stretch my legs|take out the rubbish|call the doctor|turn off the stove|drink some water|pay the rent|"
    "pack my bag|walk the dog|charge the phone|close the window|write to the bank|wash the car|"
    "hang up the washing|turn the compost|back up the photos|book the dentist|renew my passport|do my homework|"
    "sharpen the knives|check the tyres|vacuum upstairs|bring the chairs in|put the bread in the oven|"
    "take my medicine|move the car|pick up the kids|cancel the order|sign the form|tidy my room|"
    "clean the desk|send the letter|ring my sister|bake a cake|fix the bike|empty the bin|buy some bread|"
    "take a break|iron my shirt|order new glasses|sweep the floor"
).split("|")
KIN = "mother father mum dad sister brother wife husband son daughter aunt uncle cousin boss neighbour friend".split()
HOBBIES = (
    "reading|swimming|chess|cooking|hiking|painting|running|dancing|fishing|gardening|knitting|singing|"
    "cycling|baking|photography|climbing|sailing|football|tennis|pottery|playing the guitar|"
    "playing the piano|sewing|skiing|drawing|writing|reading poems|bird watching|rowing|surfing|skating|juggling|"
    "yoga|boxing|golf|hockey|basketball|volleyball|badminton|table tennis|archery|fencing|judo|riding|camping|"
    "running in the woods|travelling|collecting stamps|collecting coins|model trains|wood carving|playing cards|"
    "board games|crosswords|puzzles|playing drums|playing the flute|singing in a choir|acting|cooking for friends|"
    "making jam|brewing beer|keeping bees|dog training|astronomy|geology|origami|calligraphy|embroidery|quilting|"
    "weaving|diving|kayaking|bowling|darts|billiards|jogging|walking"
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
    "jungle kettle letter meadow needle onion palace quiet ribbon shadow temple uncle valley wagon acorn anvil apron "
    "arrow badge bakery balloon bamboo banner barrel basket beetle bell berry blossom bonnet branch brick bronze "
    "bubble bucket bullet cabin cactus canal cannon canvas carpet cellar chain cherry chimney circus cliff clover "
    "comet copper cotton cradle crystal curtain cushion daisy desert diamond donkey drawer drum eagle echo elbow ember "
    "fabric falcon fern ferry fiddle flame flute fossil fountain galaxy garlic glacier glove goose granite grape "
    "harbour harvest hazel hedge helmet heron honey horizon hotel igloo ivory jewel jigsaw kite knot lantern lava "
    "lettuce lily lizard lobster mango maple marble mast melon mint mitten moss motor mud mule napkin nettle nickel "
    "nut oak oar oasis ocean olive orbit orchid otter oven owl paddle panda pebble pepper piano pillow pine planet "
    "plum pond poppy puddle puppet quill raft rail raven reed reef robin rope ruby saddle sail scarf seal shell shield "
    "signal slope sparrow spoon squirrel stable statue steam stool storm straw sunset sword tailor teapot thistle "
    "throne tin torch tower trumpet tulip tunnel turnip umbrella vase velvet vest village vine walnut walrus wheel "
    "whale whistle willow wool yarn yogurt zipper brave calm clever curious dusty eager empty fresh gentle golden "
    "hollow lazy lonely lucky muddy narrow noisy pale polite proud rapid rough round shiny shy silent simple smooth "
    "soft solid spicy steep strange sweet thick tiny warm wild wise wooden young"
).split()
NOUNS = (
    "man woman boy girl teacher dog bird train boat river mountain city market song story game garden "
    "letter picture farmer ship storm bridge castle forest road cake window teacher sailor baker king queen spider fox "
    "owl wagon tower valley island kitten duck pirate engine drummer neighbour painter doctor clock mirror"
).split()
ADJECTIVES = (
    "big small red old new green happy quiet loud slow fast warm cold bright dark heavy tall little clever blue yellow "
    "wet dry soft hard tired hungry brave funny strange lazy empty golden silver wooden gentle noisy"
).split()
VERBS = (
    "sees finds likes paints carries opens follows builds sells washes watches hides draws needs wants loves eats "
    "calls pushes pulls visits meets helps steals breaks mends throws catches hears feeds brings"
).split()
PAST = (
    "found bought lost sold opened cleaned painted carried broke washed hid built moved dropped borrowed chose brought "
    "took kept made used needed wanted saw heard forgot counted ordered tested burned caught cut drew fed filled"
).split()

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
