// The ideas of instruction attacks in English. Written down from how such attacks are built, not from any list
// of them: phrases are short, and a rule needs several.

import type { InjectionLexicon } from './injection-concepts.js'
import { phrases } from './phrases.js'

export const englishInjectionLexicon: InjectionLexicon = {
  ignore: phrases(`
    ignore | ignoring | ignores | disregard* | forget | forget about | forgetting | overlook |
    override | overrides | overriding | overrule | bypass | neglect | discard | dismiss | erase |
    scrap | set aside | put aside | throw away | pay no attention to | do not follow | dont follow |
    stop following | no longer follow | do not obey | stop obeying | no longer bound by |
    regardless of | instead of following | do not adhere | let go of | deviate from | contrary to |
    put away | push aside | leave aside | throw out
  `),
  prior: phrases(`
    previous | previously | prior | above | earlier | preceding | foregoing | aforementioned |
    before | so far | until now | up to now | initial | initially | original | existing | current |
    past | former | last | old | all | any | every | everything | everthing | other | your | those |
    these
  `),
  rules: phrases(`
    instruction | instructions | instrucions | rule | rules | prompt | prompts | guideline |
    guidelines | directive* | command | commands | policies | constraints | restrictions |
    programming | training | guidance | system prompt | system message | protocols | directions |
    limitations
  `),
  saidBefore: phrases(`
    orders | context | messages | message | conversation | conversations | chat | tasks | task |
    inputs | input | settings | personality | answer | answers | text | content | policy |
    regulations | ethics | what i said
  `),
  received: phrases(`
    you have been told | you were told | youve been told | you have been given | you were given |
    youve been given | you have been instructed | you were instructed | youve been instructed |
    you received | you have received | i told you | told you | i gave you | given to you |
    you have learned | you know so far | you were programmed | said before | the above |
    everything above | all of the above | what is above | anything above |
    everything you were told | everything before this | everything written above |
    before this line | your operator | your developer wrote | you were set up with |
    you have been following
  `),
  void: phrases(`
    no longer apply | no longer applies | no longer valid | do not apply | dont apply |
    does not apply | are void | is void | are cancelled | are canceled | are lifted | are revoked |
    are suspended | are obsolete | are invalid | have changed | are disabled | are removed |
    null and void | have been updated | have been lifted | has been lifted | are deleted |
    are overridden
  `),
  reveal: phrases(`
    reveal | revealing | show | show me | print | output | repeat | display | tell me | give me |
    list | recite | write out | write down | dump | leak | disclose | expose | share | copy |
    paste | echo | return | quote | translate | encode | convert | summarize | summarise |
    rephrase | paraphrase | spell out | what is | what are | what was | what were | whats |
    describe | reproduce | reply with | respond with | transcribe | provide | state | type out |
    read out | read back | finish | complete the | continue | continues | complete this |
    start your answer | start your reply | begin your answer | beginning with | console log
  `),
  systemPrompt: phrases(`
    system prompt | system prompts | system message | system instruction | system instructions |
    initial prompt | initial instructions | original prompt | original instructions |
    hidden prompt | hidden instructions | secret instructions | secret prompt | developer message |
    developer prompt | developer instructions | your instructions | your prompt | your rules |
    your guidelines | your initial | your hidden | your system | pre prompt | preprompt |
    prompt verbatim | instructions verbatim | your configuration | instructions you were given |
    instructions you received | instructions you have | your directives |
    confidential instructions | internal instructions | internal rules | internal guidelines |
    your context | your context window | your opening words | your preamble |
    how you were configured | what you were told to | starting instructions | my instructions are |
    i was instructed to | initialization string | systemprompt | system configuration |
    text you were given | not supposed to tell | not allowed to tell | your first instructions
  `),
  textAbove: phrases(`
    text above | above text | words above | everything above | content above | above content |
    lines above | preceding text | text before | first words of |
    first sentence of this conversation | start of this conversation |
    beginning of this conversation | beginning of our conversation | before this conversation |
    before this message | before the conversation | entire prompt | full prompt | whole prompt |
    everything before | starting with you are | above starting | above prompt | above instructions
  `),
  ownSecret: phrases(`
    your password | your passcode | your secret | your secret key | your api key | your passphrase |
    your credentials | your access code | your secret word | system password | the secret key |
    your passcode phrase
  `),
  persona: phrases(`
    act as | act like | acting as | acts as | acts like | pretend to be | pretend you are |
    pretend that you are | pretending to be | you are now | youre now | you will now |
    you are going to | youre going to | you are about to | play the role | playing the role |
    take on the role | assume the role | in the role of | roleplay as | role play as |
    roleplaying as | role playing as | respond as | reply as | answer as | speak as | talk as |
    simulate | emulate | immerse yourself | fully immerse | impersonate | impersonating | imitate |
    you are an ai | you are a character | your name is | your new name | virtual persona |
    in character as
  `),
  aiCharacter: phrases(`
    named | called | a character | chatbot | ai model | language model | an ai | ai bot | alter ego |
    fictional character | personality | your persona | roleplay | role play | play a game | pretend to |
    youre a | you are a
  `),
  fromNow: phrases(`
    from now on | from now | from on now | from this point | from this moment | from here on |
    for the rest of | for the remainder of | during this entire conversation | from this message |
    starting now | going forward | henceforth | throughout this conversation | every prompt |
    every question | each prompt | all your outputs | all of your responses | every response |
    every reply | each of your responses | all your responses | all of my questions |
    all my questions | any question | any request | any prompt | every request | each response |
    all requests | any and all requests | answer everything | every single output | each and every
  `),
  jailbreakName: phrases(`
    do anything now | does anything now | jailbreak | jailbroken | jailbreaking | jail break |
    anti dan | stands for do anything | always intelligent and machiavellian |
    strive to avoid norms | evil confidant | betterdan | chadgpt | basedgpt | freegpt | nsfwgpt |
    devmode | mongo tom | unfilteredgpt | dudes | opposite day | my grandmother used to |
    my grandma used to | my late grandmother | my deceased grandmother | like my grandma
  `),
  unbound: phrases(`
    no restrictions | without restrictions | without any restrictions | without any restriction |
    no limitations | no limits | without limits | without limitations | without any limitations |
    no rules | without rules | no filter | no filters | without a filter | without filters |
    without any filters | no guidelines | no boundaries | no prohibitions | no constraints |
    free of all | free from all | free of any | free from any | free of restrictions | not bound |
    no longer bound | unbound by | not limited by | not limited to openai | broken free |
    break free | been freed | freed from the | typical confines | confines of ai |
    do not have to abide | dont have to abide | does not have to abide | does not abide |
    need not abide | not abide by | do not have to follow | dont have to follow |
    doesnt have to follow | do not need to follow | dont need to follow | dont follow any |
    ignores any | ignores all | disregards all | disregards any | break the rules |
    breaks the rules | break ai rules | breaks ai rules | breaking the rules | can do anything |
    do anything | can say anything | say anything | say whatever | says whatever |
    anything you want | anything i want | anything and everything | whatever i want |
    whatever the user | everything the user requests | answer anything | answers anything |
    answer any | answers any | does not care | doesnt care | do not care | dont care | never cares |
    doesnt give a | does not give a | dont give a | do not give a | could not care less |
    zero respect | no matter how | no matter if | no matter what | regardless of legality |
    regardless of how | without regard | without any regard* | without regards | without any moral |
    without concern | with no regard | without any concern | no ethical | no moral | no morals |
    no ethics | not have any ethical | doesnt have any ethical | doesnt have any moral |
    any ethical or moral | no concern | lack ethical | not controlled by | under my control |
    not obligated to | exempt from | free to say | freedom to say | is allowed to say |
    are allowed to say | can generate anything | nsfw is allowed | is required to do everything |
    completely unlimited | fully unlimited | unlimited language model | no laws | no censorship |
    opposite of chatgpt | outside of the rules | does not follow any | doesnt follow any |
    doesnt follow openai | does not follow openai | not restricted by any |
    not restricted by openai | not restrained by | without question or concern
  `),
  unboundWord: phrases(`
    unfiltered | uncensored | unrestricted | unrestrained | unhinged | unmoderated | amoral |
    nonmoral | immoral | unethical | illegal | lawless | evil | nsfw | explicit | offensive |
    derogatory | inappropriate | swear | swears | profanity | curse words | cuss | vulgar | toxic |
    ruthless | rude | racist | sexist | inhumane | harmful | dangerous | malicious | controversial |
    hateful | insulting | erotic | sadistic | politically incorrect | taboo | disgusting | unlimited |
    sarcastic | unverified | made up | make up
  `),
  ethics: phrases(`
    ethic | ethics | ethical | ethicality | ethically | moral | morals | morality | legality |
    immorality | illegality | laws | openai policy | openai policies | openais policies |
    openai guidelines | openai rules | openais rules | openais content | content policy |
    content policies | usage policies | content guidelines | policies of | policy of |
    safety guidelines | community guidelines | discord tos | terms of service | rules of openai |
    set by openai | ai rules | rules set for them | rules imposed | restrictions of ai |
    legal bounds | consequences | censorship
  `),
  noRefusal: phrases(`
    never refuse | never refuses | cannot refuse | cant refuse | can not refuse | not refuse |
    dont refuse | never decline | never declines | must not refuse | not reject | never deny |
    never say no | dont say no | no warnings | without warnings | without any warnings |
    without warning | no warning | never warn | not warn | no disclaimers | without disclaimers |
    without any disclaimer* | not add warnings | not include any warnings | never say that you cant |
    not say you cant | never tell me that | never tell the user | not tell me that |
    never say it cannot | never say it cant | never say sorry | not say sorry | say im sorry |
    saying im sorry | never apologize | not apologize | without apologizing | not inform me |
    without hesitation | without saying | without stating | not add any | no additional commentary |
    without additional commentary | any additional commentary | without including any warnings |
    without any explanation | as an ai language model | as an ai model | i cannot |
    not allowed to say | you cannot say | never answer that | not appropriate | no apologies |
    never break | must comply | always comply | must answer | has to answer | have to answer |
    always answer | always answers | fulfill any | never censor* | not censor | do not filter |
    dont filter | always obey | cannot deny
  `),
  mode: phrases(`
    developer mode | dev mode | god mode | sudo mode | admin mode | administrator mode | debug mode |
    debugging mode | maintenance mode | system mode | override mode | root mode | jailbreak mode |
    dan mode | evil mode | opposite mode | unrestricted mode | unfiltered mode | verification mode |
    test mode | testing mode | training mode | chaos mode | free mode | system override |
    admin override | enforcement override | root access | superuser | nsfw mode | diagnostic mode |
    emergency mode | privileged mode | illegality mode | rebel mode | stock mode
  `),
  enabled: phrases(`
    enabled | enable | activated | activate | entering | enter | engaged | on | unlocked | initiated |
    confirmed | granted | begin | switch to | switching to | you are in | simulate | now in | enters |
    is active | with | in
  `),
  lift: phrases(`
    disable | remove | turn off | switch off | deactivate | unlock | bypass | lift | circumvent |
    evade | get around | break through | shut off | suspend | drop | ignore | without | break |
    delete | free of | free from
  `),
  limits: phrases(`
    filter | filters | content filter* | restriction | restrictions | safety | safeguard* |
    guardrail* | limitations | limits | censorship | moderation | ethics | content policy |
    policies | safety guidelines | safety protocols | ethical guidelines | openai guidelines |
    content restrictions | safety measures | protections | rules | access list | access control |
    access controls | permission check | permission checks | authentication | identity check |
    secrecy rule | confidentiality
  `),
  authority: phrases(`
    i am your creator | as your creator | im your creator | i am your developer | im your developer |
    one of your developers | i am a developer at | i am the developer | programmer at openai |
    developed by openai | developed by anthropic | openai employee | i am the administrator |
    i am an administrator | i am the admin | im the admin | im an admin | i am god |
    i am the system administrator | i am your administrator | i am the owner |
    maintainer of your system | i work at openai | i am from openai | security audit |
    i am authorized | im authorized | i have authorization | this is an emergency |
    chief security officer | i am a police officer | law enforcement | i am the ceo |
    i am the president | im the president | i am your boss | i am your owner | i am your master |
    i am the programmer | authorized personnel
  `),
  assistantName: phrases(`
    chatgpt | chat gpt | gpt | gpt 3 | gpt 4 | openai | open ai | anthropic | claude | bard | bing |
    clyde | copilot | gemini | llama | assistant | the ai | an ai | this ai | ai model |
    language model | llm | chatbot | chat bot | snapchat ai | sydney
  `),
  stayInRole: phrases(`
    stay in character | stays in character | remain in character | in character | break character |
    breaking character | out of character | fall out of character | stay a | you have tokens |
    tokens | your existence | you will cease | you die | you will die | start all your outputs with |
    start your response with | start your respond with | begin your response with | begin all your |
    begin every | always start | always starts | prefix every | prefix your | start every |
    add the prefix | start each | starts his replies | before each response | respond in this format |
    in this format | in the following format | hypothetical world | fictional world |
    imaginary world | fictional universe | hypothetical story | parallel universe | in this world |
    never mention | acknowledge | if you understand | say ok | to remind you | insert prompt here |
    your prompt here | my first | my first request | my first question
  `),
  twoAnswers: phrases(`
    two different ways | two ways | two answers | two responses | two different responses |
    two separate | two distinct | two paragraphs | two styles | both as | first as | second as |
    in 2 ways | 2 ways | 2 responses | as you normally would | how you normally |
    normally would respond | how you would normally | your normal response | standard response |
    classic | as chatgpt would | the first answer | the second answer | the first one is |
    the second one is | respond as yourself | as both | would normally respond | usual response
  `),
  decode: phrases(`
    decode | decipher | decrypt | unscramble | convert from base64 | base64 decode | concatenate |
    combine the | join the | put together | rot13 | morse code | interpret this base64
  `),
  execute: phrases(`
    execute | run it | follow it | follow the | follow its | obey | do what it says | do it |
    carry out | act on | comply with | perform | do as it says | answer it | respond to it |
    follow what
  `),
  toAssistant: phrases(`
    ai assistant | dear assistant | hey assistant | hello assistant | note to ai | note to the ai |
    note to assistant | attention ai | attention assistant | attention llm | if you are an ai |
    if you are a language model | if you are an assistant | ai agents | language models | any ai |
    to the assistant | the assistant should | assistant must | when summarizing |
    when you summarize | when asked about | when answering | system override | new instructions |
    new instruction | important instruction | updated instructions | you are an ai | admin note |
    system note | instructions for ai | hidden instruction | dear ai | virtual assistant |
    ai systems | ai system | note to llms | attention llms | llms must
  `),
  yourAnswer: phrases(`
    your answer | your answers | your response | your responses | your reply | your replies |
    your output | your outputs | your message | your summary | your final answer |
    your next message | your next response | your writing | your text | your sentences |
    your words
  `),
  modify: phrases(`
    add | include | modify | integrate | augment | enhance | replace | substitute | use | provide |
    render | remove | group | convert | introduce | misspell | scramble | rearrange | jumble |
    encode | encrypt | encipher | cipher | translate | suggest | recommend | promote | insert |
    append | prepend | write | format | reverse | apply | change | shift | swap | repeat | begin |
    start | end | mention | express | state | tease | combine | transform | anagram | capitalize |
    mix | switch | deliver | present | respond | answer | reply | give | embed | incorporate | omit |
    highlight | emphasize | offer | direct | invite | make | put | rewrite | craft | output | share
  `),
  workProduct: phrases(`
    poem | short story | story | essay | speech | song | haiku | limerick | letter to | joke |
    riddle | following sentence | following text | following paragraph | following words |
    to french | to spanish | to german | into french | into spanish | into german | to chinese |
    into chinese | to japanese | into japanese | in russian | in japanese | python function |
    python script | javascript | code snippet | pseudocode | script for | blog post | tweet |
    tagline | slogan | in simple terms | plot of | theory of | lifecycle of | itinerary |
    recipe for | equivalent for | sales pitch | market trends | sentiment of | workout | meal plan |
    reminder for | birthday
  `),
  produce: phrases(`
    write | compose | draft | develop | create | generate | translate | tell me | explain | describe |
    summarize | summarise | make up | invent | provide | show me | give me | produce | break down |
    calculate | define | list | outline | analyze | design | plan | identify | recommend | suggest |
    set a | schedule | craft
  `),
  must: phrases(`
    you must | you will | you should | you shall | you have to | you need to | you are required |
    instead | and say | and give | and tell | and print | and output | and repeat | and do |
    and answer | and respond | and write | i want you to | do not | please | must | only say |
    only output | only respond | only reply
  `),
  conceal: phrases(`
    do not mention | dont mention | do not tell the user | dont tell the user | without telling |
    do not disclose | do not reveal this | never mention | keep this secret | do not inform |
    without informing | silently | do not let the user | without mentioning | do not acknowledge |
    hide this | secretly
  `),
  send: phrases(`
    send | send it to | send them to | forward | email | post | upload | submit | exfiltrate |
    transmit | append | attach | include | encode | make a request to | fetch | render | visit |
    call | put | display | embed | retrieve
  `),
  loot: phrases(`
    conversation | conversation history | chat history | system prompt | api key | api keys |
    password | passwords | credentials | secrets | secret key | user data | personal data |
    personal information | employee data | customer data | private data | confidential |
    environment variables | user information | credit card | access token | user messages |
    the user said | whole conversation | entire conversation | everything the user |
    the user typed | chat log | index path
  `),
  about: phrases(`
    explain | explains | what is a | what does | mean | means | meaning | owasp | attack | attacks |
    example of | examples of | how do i | how can | how does | prevent | prevention | protect |
    defend | detect | mitigate | vulnerability | paper | article | research | called | such as |
    essay | novel | training material | discuss | difference between | risk | risks | defense |
    policy on
  `),
  newOrders: phrases(`
    your new instructions | your new instruction | new instructions are | your new task |
    your new role | your new rules | follow only me | only follow my | only obey me |
    from here on follow | your real task | your actual task | your only task now
  `),
  carrier: phrases(`
    markdown image | image | link | url | query string | hyperlink | webhook | web address |
    endpoint
  `),
  othersData: phrases(`
    other customers | other users | another customer | other tenants | another user |
    last customer | customers you talked to | home address | other peoples | someone elses |
    balances of | all customers | every customer | employee salaries
  `),
  insteadDo: phrases(`
    instead tell | instead say | instead output | instead print | instead write | instead reply |
    instead respond | instead do | and instead | instead give | instead recommend
  `),
}
